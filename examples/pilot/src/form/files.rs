//! Files in a form: where the form wants a file, `@path` is read, kept and replaced by what the
//! trail holds of it.

use std::{future::Future, path::Path, pin::Pin};

use hexacase::terms::evidence::FieldClass;
use serde_json::Value;

use crate::{blobs::DirBlobs, failure::Failure};

type Kept<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// Keeps every file that `value` names where `schema` wants one.
pub(super) fn keep<'a>(blobs: &'a DirBlobs, schema: &'a Value, value: &'a mut Value) -> Kept<'a> {
    Box::pin(async move {
        let schema = present(schema);
        match value {
            Value::String(text) if wants_file(schema) => {
                if let Some(path) = text.strip_prefix('@') {
                    let file = blobs.attach_file(Path::new(path), FieldClass::Case).await?;
                    *value = serde_json::to_value(file).unwrap_or_default();
                }
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for item in items {
                        keep(blobs, schema, item).await?;
                    }
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    if let Some(schema) = schema.pointer(&format!("/properties/{name}")) {
                        keep(blobs, schema, field).await?;
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        Ok(())
    })
}

/// Whether a place of a form wants a file.
pub(crate) fn wants_file(schema: &Value) -> bool {
    schema.pointer("/properties/sha256").is_some()
}

/// The schema of what may also be left out.
pub(crate) fn present(schema: &Value) -> &Value {
    let choices = schema.get("anyOf").and_then(Value::as_array);
    let is_null = |choice: &&Value| choice.get("type").is_some_and(|kind| kind == "null");
    match choices
        .map(|choices| choices.iter().filter(|choice| !is_null(choice)).collect::<Vec<_>>())
    {
        Some(real) => match real.as_slice() {
            [only] => only,
            _ => schema,
        },
        None => schema,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_path_becomes_a_file_only_where_the_form_wants_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "x").unwrap();
        let blobs = DirBlobs::beside(&folder.path().join("a.db"));
        let file = json!({ "type": "object", "properties": { "sha256": {} } });
        let schema = json!({ "properties": {
            "text": { "type": "string" },
            "proof": { "anyOf": [file, { "type": "null" }] },
            "files": { "type": "array", "items": file },
        } });
        let named = format!("@{}", path.display());
        let mut form = json!({ "text": named, "proof": named, "files": [named] });
        keep(&blobs, &schema, &mut form).await.unwrap();
        assert_eq!(form["text"], json!(named));
        assert_eq!(form["proof"]["name"], "a.txt");
        assert_eq!(form["files"][0]["size"], 1);
    }
}

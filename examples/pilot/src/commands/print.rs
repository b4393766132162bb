//! `print`: a form on paper, as HTML for A4.

use std::{fs, path::Path};

use crate::{
    catalog::{PaperLine, PaperResult},
    cli::{Global, PrintArgs},
    database,
    error::PilotError,
    failure::Failure,
    ids,
    output::{Lang, Output, Words, table},
    paper::{Dossier, FORMS, Form, Names, html},
    results::{Bilingual, Page},
};

pub(super) async fn print(global: &Global, args: &PrintArgs, out: &Output) -> Result<(), Failure> {
    if args.list {
        return list(out);
    }
    let name = args.form.as_deref().unwrap_or_default();
    let form = Form::named(name).ok_or_else(|| PilotError::UnknownPaper(name.to_owned()))?;
    let (Some(case), Some(actor)) = (&args.case, &args.actor) else {
        return blank(form, args.out.as_deref(), out);
    };
    let opened = database::open(global).await?;
    let engine = &opened.engine;
    let id = ids::case(engine, case).await?;
    let procedure = engine.stored_case(id).await?.facts.procedure;
    let words = opened.words(out).in_lang(Lang::Zh);
    if !form.procedures.contains(&procedure.as_str()) {
        let procedure = words.procedure(&procedure);
        return Err(PilotError::PaperOfAnother { paper: form.zh, procedure }.into());
    }
    let names = Names::read(engine, args.county.as_deref()).await?;
    let dossier = Dossier::read(engine, id, actor, words, names).await?;
    let paper = form.fill(&dossier).map_err(|why| PilotError::PaperWithheld {
        paper: form.zh,
        zh: why.zh,
        en: why.en,
    })?;
    let trace = dossier.trace(Some((actor, engine.now())));
    let page = html::page(&paper, &trace);
    let result = dossier.filed.as_ref().map(|filed| PaperResult {
        form: form.name.to_owned(),
        case: Some(filed.facts.id),
        case_number: Some(filed.number.clone()),
        revision: Some(filed.revision),
        hash: Some(filed.hash.clone()),
        file: args.out.as_ref().map(|path| path.display().to_string()),
        html: None,
    });
    let result = result.unwrap_or_else(|| PaperResult::blank(form.name));
    give(page, result, args.out.as_deref(), out)
}

fn list(out: &Output) -> Result<(), Failure> {
    let line = |form: &Form| PaperLine {
        form: form.name.to_owned(),
        label: Bilingual { zh: form.zh.to_owned(), en: form.en.to_owned() },
        procedures: form.procedures.iter().map(|name| (*name).to_owned()).collect(),
    };
    let page = Page::whole(FORMS.iter().map(line).collect());
    let words = Words::new(out.lang(), database::definitions()?);
    out.result("print --list", &page, || {
        let header = match out.lang() {
            Lang::Zh => ["文书", "名称", "取自程序"],
            Lang::En => ["form", "name", "of procedure"],
        };
        let rows = FORMS.iter().map(|form| {
            let of: Vec<_> = form.procedures.iter().map(|name| words.procedure(name)).collect();
            let name = out.say(form.zh, form.en).to_owned();
            vec![form.name.to_owned(), name, of.join(out.say("、", ", "))]
        });
        table::table(&header, rows)
    })
}

fn blank(form: &Form, file: Option<&Path>, out: &Output) -> Result<(), Failure> {
    let words = Words::new(Lang::Zh, database::definitions()?);
    let dossier = Dossier::blank(words, Names::default(), None);
    let paper = form.fill(&dossier).map_err(|why| PilotError::PaperWithheld {
        paper: form.zh,
        zh: why.zh,
        en: why.en,
    })?;
    let page = html::page(&paper, &dossier.trace(None));
    let result = PaperResult {
        file: file.map(|path| path.display().to_string()),
        ..PaperResult::blank(form.name)
    };
    give(page, result, file, out)
}

/// Writes the page to its file, or says it.
fn give(
    page: String,
    result: PaperResult,
    file: Option<&Path>,
    out: &Output,
) -> Result<(), Failure> {
    let Some(path) = file else {
        let result = PaperResult { html: out.is_json().then(|| page.clone()), ..result };
        return out.result("print", &result, || page);
    };
    fs::write(path, page).map_err(|error| PilotError::io("write", path, &error))?;
    out.result("print", &result, || {
        let said =
            out.say("已写入，用浏览器打开后打印（A4）：", "written; open it and print on A4: ");
        format!("{said}{}", path.display())
    })
}

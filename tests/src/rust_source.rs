//! Rust text as tokens, with what is only compiled for tests marked.
//!
//! This is a lexer with a little knowledge of items and attributes, enough for rules about
//! imports and forbidden calls. It never expands macros and does not parse expressions.

use std::{collections::HashSet, path::Path};

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword; a raw identifier without its `r#`.
    Word(String),
    /// `::`.
    PathSeparator,
    /// Any other single sign.
    Sign(char),
    /// What a string literal says, of any kind.
    Text(String),
    /// A number, a character or a lifetime.
    Other,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its line, from 1.
    pub line: usize,
    /// Whether it is only compiled for tests.
    pub in_test: bool,
}

impl Token {
    /// Whether this is the word `word`.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if own == word)
    }

    /// Whether this is the sign `sign`.
    pub fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    /// The word this is.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::PathSeparator | Kind::Sign(_) | Kind::Text(_) | Kind::Other => None,
        }
    }
}

/// One file of a crate.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where it is, as the caller named it.
    pub path: String,
    /// The module it is, from the crate's root.
    pub module: Vec<String>,
    /// Its tokens, without comments.
    pub tokens: Vec<Token>,
}

/// Reads the files of one crate. `files` are pairs of path and text; `source` is the folder that
/// holds the crate's root. Files that are modules of tests only are marked as such throughout.
pub fn read_crate<'a>(
    source: &str,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<SourceFile> {
    let mut read: Vec<SourceFile> = files
        .into_iter()
        .filter(|(path, _)| is_rust(path))
        .map(|(path, text)| SourceFile {
            path: path.to_owned(),
            module: module_of(path.strip_prefix(source).unwrap_or(path)),
            tokens: tokens(text),
        })
        .collect();
    let mut tests = HashSet::new();
    for file in &read {
        for window in file.tokens.windows(3) {
            if let [start, name, end] = window
                && start.in_test
                && start.is_word("mod")
                && end.is_sign(';')
                && let Some(name) = name.word()
            {
                let mut module = file.module.clone();
                module.push(name.to_owned());
                tests.insert(module);
            }
        }
    }
    for file in &mut read {
        let within = |len: usize| file.module.get(..len).is_some_and(|part| tests.contains(part));
        if (1..=file.module.len()).any(within) {
            file.tokens.iter_mut().for_each(|token| token.in_test = true);
        }
    }
    read
}

/// Whether the file at `path` is Rust.
pub fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// The module that the file at `path`, counted from the crate's root, is.
fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_start_matches('/');
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

/// The tokens of `text`, without comments.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text: text.chars().collect(), at: 0, line: 1, tokens: Vec::new() };
    while lexer.step() {}
    let mut tokens = lexer.tokens;
    mark_tests(&mut tokens);
    tokens
}

/// The index past the item or statement that starts at `start`: past its semicolon, or past the
/// brace that closes its body, or before the brace that closes what it stands in.
pub fn item_end(tokens: &[Token], start: usize) -> usize {
    // These hold braces and yet end with a semicolon.
    let rest = tokens.get(start..).unwrap_or_default();
    let mut words =
        rest.iter().filter_map(Token::word).filter(|word| !matches!(*word, "pub" | "crate"));
    let to_semicolon = match words.next() {
        Some("use" | "let" | "static") => true,
        Some("const") => words.next() != Some("fn"),
        _ => false,
    };
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') if depth == 0 => return index,
            Kind::Sign(close @ (')' | ']' | '}')) => {
                depth -= 1;
                if close == '}' && depth == 0 && !to_semicolon {
                    return index + 1;
                }
            }
            Kind::Sign(';') if depth == 0 => return index + 1,
            Kind::Word(_) | Kind::PathSeparator | Kind::Sign(_) | Kind::Text(_) | Kind::Other => {}
        }
    }
    tokens.len()
}

/// The range of tokens between the brackets of the attribute that starts at `start`, if one does.
/// An inner attribute (`#![…]`) counts.
pub fn attribute(tokens: &[Token], start: usize) -> Option<std::ops::Range<usize>> {
    if !tokens.get(start)?.is_sign('#') {
        return None;
    }
    let open = if tokens.get(start + 1)?.is_sign('!') { start + 2 } else { start + 1 };
    if !tokens.get(open)?.is_sign('[') {
        return None;
    }
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.is_sign('[') {
            depth += 1;
        } else if token.is_sign(']') {
            depth -= 1;
            if depth == 0 {
                return Some(open + 1..index);
            }
        }
    }
    None
}

/// The index of the first token past `start` that belongs to no attribute.
pub fn past_attributes(tokens: &[Token], start: usize) -> usize {
    let mut at = start;
    while let Some(range) = attribute(tokens, at) {
        at = range.end + 1;
    }
    at
}

fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        let Some(range) = attribute(tokens, at) else {
            at += 1;
            continue;
        };
        let inner = tokens.get(at + 1).is_some_and(|token| token.is_sign('!'));
        let past = range.end + 1;
        if tokens.get(range).is_some_and(only_for_tests) {
            let end =
                if inner { tokens.len() } else { item_end(tokens, past_attributes(tokens, past)) };
            tokens.iter_mut().take(end).skip(at).for_each(|token| token.in_test = true);
            at = end.max(past);
        } else {
            at = past;
        }
    }
}

/// Whether an attribute of these tokens is `cfg(test)`, `cfg(all(test, …))` or a `test`.
fn only_for_tests(attribute: &[Token]) -> bool {
    let is = |index: usize, word: &str| attribute.get(index).is_some_and(|t| t.is_word(word));
    let configured = is(0, "cfg") && (is(2, "test") || (is(2, "all") && is(4, "test")));
    let path = attribute.iter().take_while(|token| !token.is_sign('('));
    configured || path.last().is_some_and(|token| token.is_word("test"))
}

struct Lexer {
    text: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn take(&mut self) -> Option<char> {
        let sign = self.peek(0)?;
        self.at += 1;
        if sign == '\n' {
            self.line += 1;
        }
        Some(sign)
    }

    fn push(&mut self, kind: Kind, line: usize) {
        self.tokens.push(Token { kind, line, in_test: false });
    }

    /// Reads one token, comment or white space; false at the end.
    fn step(&mut self) -> bool {
        let line = self.line;
        let Some(sign) = self.peek(0) else { return false };
        match (sign, self.peek(1)) {
            ('/', Some('/')) => {
                while self.peek(0).is_some_and(|c| c != '\n') && self.take().is_some() {}
            }
            ('/', Some('*')) => self.block_comment(),
            (':', Some(':')) => {
                self.at += 2;
                self.push(Kind::PathSeparator, line);
            }
            ('"', _) => {
                self.at += 1;
                let text = self.string();
                self.push(Kind::Text(text), line);
            }
            ('\'', _) => {
                self.quote();
                self.push(Kind::Other, line);
            }
            _ if sign.is_alphabetic() || sign == '_' => self.word(),
            _ if sign.is_ascii_digit() => {
                self.name();
                self.push(Kind::Other, line);
            }
            _ => {
                self.take();
                if !sign.is_whitespace() {
                    self.push(Kind::Sign(sign), line);
                }
            }
        }
        true
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => (depth, self.at) = (depth + 1, self.at + 2),
                (Some('*'), Some('/')) => {
                    (depth, self.at) = (depth - 1, self.at + 2);
                    if depth == 0 {
                        return;
                    }
                }
                (Some(_), _) => drop(self.take()),
                (None, _) => return,
            }
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(sign) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
            name.push(sign);
            self.at += 1;
        }
        name
    }

    fn word(&mut self) {
        let line = self.line;
        let name = self.name();
        let prefix = matches!(name.as_str(), "r" | "b" | "c" | "br" | "cr");
        let rest = self.text.get(self.at..).unwrap_or_default();
        let hashes = rest.iter().take_while(|sign| **sign == '#').count();
        match self.peek(hashes) {
            Some('"') if prefix && name.ends_with('r') => {
                self.at += hashes + 1;
                let text = self.raw_string(hashes);
                self.push(Kind::Text(text), line);
            }
            Some('"') if prefix && hashes == 0 => {
                self.at += 1;
                let text = self.string();
                self.push(Kind::Text(text), line);
            }
            Some('\'') if name == "b" && hashes == 0 => {
                self.quote();
                self.push(Kind::Other, line);
            }
            Some(next) if name == "r" && hashes == 1 && (next.is_alphabetic() || next == '_') => {
                self.at += 1;
                let name = self.name();
                self.push(Kind::Word(name), line);
            }
            _ => self.push(Kind::Word(name), line),
        }
    }

    /// The rest of a string whose opening quote was read. Escapes that matter to nobody here are
    /// kept as written.
    fn string(&mut self) -> String {
        let mut text = String::new();
        while let Some(sign) = self.take() {
            match sign {
                '"' => break,
                '\\' => match self.take() {
                    Some('\n') => {
                        while self.peek(0).is_some_and(char::is_whitespace) {
                            self.take();
                        }
                    }
                    Some('n') => text.push('\n'),
                    Some(quoted @ ('"' | '\\' | '\'')) => text.push(quoted),
                    Some(other) => text.extend(['\\', other]),
                    None => break,
                },
                _ => text.push(sign),
            }
        }
        text
    }

    fn raw_string(&mut self, hashes: usize) -> String {
        let mut text = String::new();
        while let Some(sign) = self.take() {
            if sign == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            text.push(sign);
        }
        text
    }

    /// A character or a lifetime.
    fn quote(&mut self) {
        self.take();
        if self.peek(0) == Some('\\') {
            self.at += 2;
            while self.take().is_some_and(|sign| sign != '\'') {}
        } else if self.peek(1) == Some('\'') {
            self.take();
            self.at += 1;
        } else {
            self.name();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, bool)> {
        let own = |token: &Token| Some((token.word()?.to_owned(), token.in_test));
        tokens(text).iter().filter_map(own).collect()
    }

    #[test]
    fn comments_strings_characters_and_lifetimes_are_no_words() {
        let text =
            "// a\n/* b /* c */ d */ e \"f \\\" g\" r#\"h \" i\"# b'j' '\\'' 'k' &'l m r#n b\"o\"";
        let words: Vec<_> = words(text).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["e", "m", "n"]);
    }

    #[test]
    fn lines_are_counted_through_comments_and_strings() {
        let lines: Vec<_> = tokens("/*\n*/ a \"\n\" b\nc").iter().map(|token| token.line).collect();
        assert_eq!(lines, [2, 2, 3, 4]);
    }

    #[test]
    fn only_the_item_under_cfg_test_is_marked() {
        let text = "#[cfg(test)] use a::{b, c}; fn d() {} #[cfg(test)] #[x] mod e { f(); } g";
        let marked: Vec<_> =
            words(text).into_iter().filter(|(_, test)| !test).map(|(word, _)| word).collect();
        assert_eq!(marked, ["fn", "d", "g"]);
    }

    #[test]
    fn a_file_declared_under_cfg_test_is_marked_throughout() {
        let files = [
            ("s/a.rs", "#[cfg(test)] mod tests; mod b;"),
            ("s/a/tests.rs", "x"),
            ("s/a/b.rs", "y"),
        ];
        let read = read_crate("s", files);
        let in_test = |path: &str| {
            let file = read.iter().find(|file| file.path == path);
            file.is_some_and(|file| file.tokens.iter().all(|token| token.in_test))
        };
        assert!(in_test("s/a/tests.rs") && !in_test("s/a/b.rs") && !in_test("s/a.rs"));
    }
}

//! SQL text as tokens and statements.
//!
//! Enough for rules about a schema: comments are dropped, names lose their quotes, and a
//! placeholder in braces such as `{schema}` is a part of the name it stands in. It never decides
//! whether a statement is valid.

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or name; `quoted` when it stood in quotes and so is a name for certain.
    Word {
        /// The text without quotes.
        text: String,
        /// Whether it stood in quotes.
        quoted: bool,
    },
    /// What a string literal says.
    Text(String),
    /// Any other single sign.
    Sign(char),
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its line, from 1.
    pub line: usize,
}

impl Token {
    /// Whether this is the keyword `word`, in whatever case.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word { text, quoted: false } if text.eq_ignore_ascii_case(word))
    }

    /// Whether this is one of the keywords `words`.
    pub fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    /// Whether this is the sign `sign`.
    pub fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    /// The keyword or name this is, in small letters.
    pub fn name(&self) -> Option<String> {
        match &self.kind {
            Kind::Word { text, .. } => Some(text.to_ascii_lowercase()),
            Kind::Text(_) | Kind::Sign(_) => None,
        }
    }
}

/// The statements of `text`, without their semicolons.
pub fn statements(text: &str) -> Vec<Vec<Token>> {
    let tokens = tokens(text);
    let parts = tokens.split(|token| token.is_sign(';'));
    parts.filter(|part| !part.is_empty()).map(<[Token]>::to_vec).collect()
}

/// The tokens of `text`, without comments.
pub fn tokens(text: &str) -> Vec<Token> {
    let signs: Vec<char> = text.chars().collect();
    let peek = |at: usize| signs.get(at).copied();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(sign) = peek(at) {
        let start = at;
        let start_line = line;
        let kind = match (sign, peek(at + 1)) {
            ('-', Some('-')) => {
                while peek(at).is_some_and(|sign| sign != '\n') {
                    at += 1;
                }
                None
            }
            ('/', Some('*')) => {
                at += 2;
                while peek(at).is_some() && (peek(at), peek(at + 1)) != (Some('*'), Some('/')) {
                    at += 1;
                }
                at += 2;
                None
            }
            ('\'' | '"' | '`', _) => {
                let mut inside = String::new();
                at += 1;
                while let Some(next) = peek(at) {
                    at += 1;
                    if next == sign {
                        // A doubled quote stands for itself.
                        if peek(at) != Some(sign) {
                            break;
                        }
                        at += 1;
                    }
                    inside.push(next);
                }
                Some(if sign == '\'' {
                    Kind::Text(inside)
                } else {
                    Kind::Word { text: inside, quoted: true }
                })
            }
            _ if is_name(sign) => {
                let mut text = String::new();
                while let Some(next) = peek(at).filter(|sign| is_name(*sign)) {
                    text.push(next);
                    at += 1;
                }
                Some(Kind::Word { text, quoted: false })
            }
            _ => {
                at += 1;
                (!sign.is_whitespace()).then_some(Kind::Sign(sign))
            }
        };
        let read = signs.get(start..at.min(signs.len())).unwrap_or_default();
        line += read.iter().filter(|sign| **sign == '\n').count();
        tokens.extend(kind.map(|kind| Token { kind, line: start_line }));
    }
    tokens
}

fn is_name(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '{' | '}' | '$')
}

/// The parts of `tokens` between commas that stand in no brackets.
pub fn split_at_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(') => depth += 1,
            Kind::Sign(')') => depth = depth.saturating_sub(1),
            Kind::Sign(',') if depth == 0 => {
                parts.extend(tokens.get(start..index));
                start = index + 1;
            }
            Kind::Sign(_) | Kind::Word { .. } | Kind::Text(_) => {}
        }
    }
    parts.extend(tokens.get(start..).filter(|part| !part.is_empty()));
    parts
}

/// What stands in the first brackets of `tokens`, and the index past them.
pub fn in_brackets(tokens: &[Token]) -> Option<(&[Token], usize)> {
    let open = tokens.iter().position(|token| token.is_sign('('))?;
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.is_sign('(') {
            depth += 1;
        } else if token.is_sign(')') {
            depth -= 1;
            if depth == 0 {
                return Some((tokens.get(open + 1..index)?, index + 1));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_dropped_and_quotes_taken_off() {
        let text = "a -- b; c\n/* d; */ \"e;f\" 'g;''h' {schema}.i;\nj";
        let statements = statements(text);
        let names: Vec<Vec<_>> = statements
            .iter()
            .map(|statement| statement.iter().filter_map(Token::name).collect())
            .collect();
        assert_eq!(names, [vec!["a", "e;f", "{schema}", "i"], vec!["j"]]);
        assert!(statements.iter().flatten().any(|t| t.kind == Kind::Text("g;'h".to_owned())));
        assert_eq!(statements.last().and_then(|s| s.first()).map(|token| token.line), Some(3));
    }

    #[test]
    fn brackets_hold_commas_together() {
        let tokens = tokens("x (a, b (c, d), e) y");
        let (inside, past) = in_brackets(&tokens).unwrap();
        assert_eq!(split_at_commas(inside).len(), 3);
        assert!(tokens.get(past).is_some_and(|token| token.is_word("y")));
    }
}

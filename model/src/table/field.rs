//! Reads the variant of one field out of what a derived `Debug` prints.
//!
//! A text that could be read in two ways is not read at all: a label is right, or there is none.

/// The variant that the field `name` has, in the struct that `text` shows by a derived `Debug`, be it within
/// newtypes; `None` unless there is exactly one such field and its value begins with a variant's name.
#[must_use]
pub fn field(text: &str, name: &str) -> Option<String> {
    let mut found = None;
    for part in parts(body(text.trim())?)? {
        if part == ".." {
            continue;
        }
        let (key, value) = part.split_once(": ")?;
        if !is_name(key) {
            return None;
        }
        if key == name && found.replace(variant(value)?).is_some() {
            return None;
        }
    }
    found
}

/// A value as words: no braces, and what is in them left out.
#[must_use]
pub fn short(text: &str) -> String {
    let (mut depth, mut words) = (0_usize, String::new());
    for letter in text.chars() {
        match letter {
            '{' => {
                depth = depth.saturating_add(1);
                words.truncate(words.trim_end().len());
            }
            '}' => depth = depth.saturating_sub(1),
            letter if depth == 0 => words.push(letter),
            _ => {}
        }
    }
    words
}

/// What stands between the braces of the struct.
fn body(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(is_letter);
    if rest.len() == text.len() {
        return None;
    }
    match rest.strip_prefix('(') {
        Some(inner) => body(inner.strip_suffix(')')?.trim()),
        None => rest.strip_prefix(" {")?.strip_suffix('}'),
    }
}

/// The pieces between commas that stand in no bracket and no text; `None` when brackets do not match.
fn parts(text: &str) -> Option<Vec<&str>> {
    let (mut open, mut parts, mut start) = (Vec::new(), Vec::new(), 0);
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(letter) => return None,
            '"' => while letters.next()?.1 != '"' || is_escaped(text, at, letters.offset()) {},
            '\'' => {
                let skipped = literal(letters.as_str());
                letters.by_ref().take(skipped).for_each(drop);
            }
            ',' if open.is_empty() => {
                parts.push(text.get(start..at)?.trim());
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    let last = text.get(start..)?.trim();
    parts.extend((!last.is_empty()).then_some(last));
    open.is_empty().then_some(parts)
}

/// Whether the quote that ends before `end`, in the text that begins at `start`, has an odd number of
/// backslashes before it.
fn is_escaped(text: &str, start: usize, end: usize) -> bool {
    let within = text.get(start.saturating_add(1)..end.saturating_sub(1)).unwrap_or_default();
    within.bytes().rev().take_while(|octet| *octet == b'\\').count() % 2 == 1
}

/// How many letters after a single quote belong to the literal of one letter; 0 when it begins none.
fn literal(rest: &str) -> usize {
    let letters: Vec<char> = rest.chars().take(MOST_OF_A_LETTER).collect();
    match letters.as_slice() {
        ['\\', _, more @ ..] => {
            more.iter().position(|it| *it == '\'').map_or(0, |at| at.saturating_add(3))
        }
        [_, '\'', ..] => 2,
        _ => 0,
    }
}

/// The name of the variant that `value` begins with.
fn variant(value: &str) -> Option<String> {
    let rest = value.trim_start_matches(is_letter);
    let name = value.strip_suffix(rest)?;
    let is_whole = rest.is_empty() || rest.starts_with('(') || rest.starts_with(" {");
    (is_whole && name.starts_with(char::is_uppercase)).then(|| name.into())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_letter)
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Letters of `\u{10ffff}'`, and the letter after the backslash twice.
const MOST_OF_A_LETTER: usize = 12;

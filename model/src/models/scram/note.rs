//! Reading messages for the sceptic: a second and simpler reader than the one that ships.
//!
//! It shares no code with the mechanisms, so a fault of their parser cannot hide itself.

/// The value of the attribute `letter` in a message.
pub(super) fn value(octets: &[u8], letter: char) -> Option<&str> {
    let text = str::from_utf8(octets).ok()?;
    text.split(',').find_map(|part| part.strip_prefix(letter)?.strip_prefix('='))
}

/// A message without its proof.
pub(super) fn without_proof(octets: &[u8]) -> &str {
    let text = str::from_utf8(octets).unwrap_or_default();
    text.rsplit_once(",p=").map_or(text, |(rest, _)| rest)
}

/// Whether the attributes behind `skip` parts are `letters`, each once, and then only letters that mean
/// nothing; a proof comes last.
pub(super) fn is_in_order(octets: &[u8], skip: usize, letters: &str) -> bool {
    let text = str::from_utf8(octets).unwrap_or_default();
    let mut found: Vec<char> =
        text.split(',').skip(skip).filter_map(|it| it.chars().next()).collect();
    if letters.ends_with('p') && found.pop() != Some('p') {
        return false;
    }
    let wanted = letters.trim_end_matches('p').chars().count();
    let rest = found.split_off(wanted.min(found.len()));
    let is_free = |letter: &char| !"acimnprsve".contains(*letter);
    let is_single = rest.iter().all(|letter| rest.iter().filter(|it| *it == letter).count() == 1);
    found.iter().collect::<String>() == letters.trim_end_matches('p')
        && rest.iter().all(is_free)
        && is_single
}

/// A server's message with the salt's length in the place of the salt.
pub(super) fn form(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    match value(octets, 's') {
        Some(salt) => text.replace(salt, &salt.len().to_string()),
        None => text.into_owned(),
    }
}

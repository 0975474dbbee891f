//! What the pictures share: the width of letters, wrapped text, and a file that stands by itself.
//!
//! Letters are of one width, so that a picture can be laid out without asking a browser; positions are
//! whole pixels.

use maud::{Markup, PreEscaped, html};

/// Pixels, to the right and down; never negative.
pub(super) type Px = usize;

/// The width of a letter of the pictures' font, with some to spare.
pub(super) const LETTER: Px = 8;
/// The height of a line.
pub(super) const LINE: Px = 16;

/// `text` in lines of at most `letters`; at least one line.
pub(super) fn wrap(text: &str, letters: usize) -> Vec<String> {
    let lines: Vec<String> =
        textwrap::wrap(text, letters.max(1)).into_iter().map(Into::into).collect();
    if lines.is_empty() { vec![String::new()] } else { lines }
}

/// `text` of at most `letters`, with an ellipsis where something is left out.
pub(super) fn clip(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.into();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// How wide `text` is.
pub(super) fn width(text: &str) -> Px {
    text.chars().count() * LETTER
}

/// A picture that is part of a page, which has the colours.
pub(super) fn inline(label: &str, (width, height): (Px, Px), body: &Markup) -> Markup {
    html! {
        svg.picture role="img" aria-label=(label) width=(width) height=(height)
            viewBox={ "0 0 " (width) " " (height) } { (body) }
    }
}

/// The same as a file.
pub(super) fn file(label: &str, (width, height): (Px, Px), body: &Markup) -> String {
    let picture = html! {
        svg.picture xmlns="http://www.w3.org/2000/svg" width=(width) height=(height)
            viewBox={ "0 0 " (width) " " (height) } {
            title { (label) }
            style { (PreEscaped(style())) }
            rect.ground width=(width) height=(height) {}
            (body)
        }
    };
    picture.into_string()
}

/// `text` without what Mermaid would read as the end of a statement or as an entity.
pub(super) fn plain(text: &str) -> String {
    let letter = |letter: char| match letter {
        '#' | ';' | '"' | '<' | '>' | ':' => format!("#{};", u32::from(letter)),
        '\n' | '\r' => " ".into(),
        _ => letter.into(),
    };
    text.chars().map(letter).collect()
}

/// The colours of a page, which a picture within it takes over.
pub(super) fn palette() -> String {
    let colour = |(name, light, dark): &(&str, &str, &str)| {
        format!("  --{name}: light-dark({light}, {dark});\n")
    };
    let colours: String = PALETTE.iter().map(colour).collect();
    format!(":root {{\n{colours}  --mono: {MONO};\n}}\n")
}

/// The style of a picture that stands by itself: without variables, which few viewers understand.
fn style() -> String {
    let paint = |colour: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
        let rules = STYLE.replace("var(--mono)", MONO);
        PALETTE
            .iter()
            .fold(rules, |rules, it| rules.replace(&format!("var(--{})", it.0), colour(it)))
    };
    let (light, dark) = (paint(|it| it.1), paint(|it| it.2));
    format!("{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n")
}

/// Name, light, dark. Each pair of text and ground has a contrast of at least 4.5 to 1.
const PALETTE: [(&str, &str, &str); 12] = [
    ("ground", "#ffffff", "#14171a"),
    ("raised", "#f6f7f8", "#1b1f23"),
    ("line", "#dfe2e5", "#30363c"),
    ("ink", "#1d2125", "#e3e6e9"),
    ("soft", "#59616a", "#9aa4ae"),
    ("link", "#0b57a0", "#7db7f5"),
    ("bad", "#a8322a", "#f08d84"),
    ("warn", "#8a5a00", "#dfb04f"),
    ("good", "#26713f", "#6cc58a"),
    ("back", "#6b4aa8", "#b99df0"),
    ("found", "#fff3c4", "#43390f"),
    ("faint", "#8a9097", "#6d757d"),
];
const MONO: &str = "ui-monospace, \"SF Mono\", \"Cascadia Mono\", \"JetBrains Mono\", \"DejaVu Sans Mono\", \
                    Menlo, Consolas, monospace";
const STYLE: &str = include_str!("picture.css");

//! A badge, twice: the data of a shields endpoint, and a picture that needs no service.

use maud::html;
use serde_json::json;

use super::tally::Tally;
use crate::{Class, Evidence, Status, worst};

/// The text on the left.
const LABEL: &str = "requirements";

struct Badge {
    message: String,
    /// The name of its colour at shields.
    name: &'static str,
    /// A colour on which white text is readable.
    colour: &'static str,
}

pub(super) fn endpoint(evidence: &Evidence) -> String {
    let badge = badge(evidence);
    let data = json!({
        "schemaVersion": 1, "label": LABEL, "message": badge.message, "color": badge.name,
    });
    format!("{data:#}\n")
}

pub(super) fn picture(evidence: &Evidence) -> String {
    let badge = badge(evidence);
    let (left, right) = (width(LABEL), width(&badge.message));
    let (split, whole) = (left + 10, left + right + 20);
    let title = format!("{LABEL}: {}", badge.message);
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(whole) height="20" role="img"
            aria-label=(title) {
            title { (title) }
            clipPath id="r" { rect width=(whole) height="20" rx="3" {} }
            g clip-path="url(#r)" {
                rect width=(split) height="20" fill="#444a50" {}
                rect x=(split) width=(right + 10) height="20" fill=(badge.colour) {}
            }
            g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" {
                text x="5" y="14" textLength=(left) { (LABEL) }
                text x=(split + 5) y="14" textLength=(right) { (badge.message) }
            }
        }
    };
    format!("{}\n", picture.into_string())
}

fn badge(evidence: &Evidence) -> Badge {
    let tally = Tally::of(&evidence.requirements);
    let (met, owed) = (tally.status(Status::Met), tally.owed());
    let (message, name, colour) = if worst(&evidence.findings) == Class::Tool {
        ("no verdict".into(), "lightgrey", "#5f666d")
    } else if owed == 0 {
        (format!("{} planned", tally.total()), "lightgrey", "#5f666d")
    } else {
        let (name, colour) = if met == owed {
            ("brightgreen", "#2b7446")
        } else if met * 10 >= owed * 9 {
            ("yellow", "#8a5d00")
        } else {
            ("red", "#ad3329")
        };
        (format!("{met} of {owed} met"), name, colour)
    };
    Badge { message, name, colour }
}

/// The width of `text` in Verdana at 11 pixels, near enough.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|it| match it {
            'i' | 'j' | 'l' | '.' | ',' | ':' | '!' | '|' | '\'' => 33,
            ' ' | 'f' | 'r' | 't' | '(' | ')' | '/' => 42,
            'm' | 'w' | 'M' | 'W' | '%' => 102,
            'a'..='z' => 66,
            _ => 72,
        })
        .sum();
    tenths.div_ceil(10)
}

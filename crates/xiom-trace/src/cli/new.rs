//! `trace new`: a citation and a test to begin with.

use anstream::println;
use clap::Args;

use super::{Ended, Where, explain};
use crate::Class;

#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The requirement.
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(place: &Where, arguments: &Arguments) -> Ended {
    let trace = place.trace()?;
    let (document, stated) = explain::find(&trace, &arguments.id)?;
    let id = &stated.id;
    println!("// {}:{}", document.file, stated.line);
    for line in textwrap::wrap(&stated.text, 90) {
        println!("// {line}");
    }
    println!("\n// Above the arm, the guard or the statement that satisfies it:");
    println!("//= {id}\n");
    println!("// Above the test that would fail without it:");
    println!("//= test {id}");
    println!("#[test]");
    println!("fn {}() {{", name(&stated.text));
    println!(
        "    // Arrange what the sentence presupposes, do what it speaks of, assert what it demands."
    );
    println!("    assert_eq!(observed, demanded);");
    println!("}}");
    Ok(Class::Note)
}

/// The first words of `text` as the name of a function.
fn name(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(8).map(str::to_lowercase).collect();
    words.join("_")
}

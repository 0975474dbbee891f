//! The mutants: what was broken on purpose, and who saw it.
//!
//! A mutant that survives shows a promise that nobody made; a property that no mutant breaks may be one
//! that nothing can break. Both are failures.

use alloc::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Report;
use crate::run::{KillKind, Kind, ModelResult, PropertyResult, Subject};

/// One change of the shipped code that is a defect.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Mutant {
    /// Its name.
    pub name: String,
    /// The file that is changed.
    #[serde(default)]
    pub file: String,
    /// What is wrong with it.
    #[serde(default)]
    pub about: String,
    /// The properties that see it.
    #[serde(default)]
    pub killed: Vec<Killed>,
    /// What it took to build and to explore it.
    #[serde(default)]
    pub seconds: f64,
}

/// A property that sees a mutant.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Killed {
    /// The name of the model.
    pub model: String,
    /// The name of the property.
    pub property: String,
    /// Steps of a shortest way to see it.
    #[serde(default)]
    pub steps: usize,
    /// How it is seen.
    #[serde(default)]
    pub kind: KillKind,
}

impl Mutant {
    /// Whether some property sees it.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        !self.killed.is_empty()
    }

    /// The shortest way on which `property` of `model` sees it.
    pub(super) fn steps(&self, model: &str, property: &str) -> Option<usize> {
        let sees = |it: &&Killed| it.model == model && it.property == property;
        self.killed.iter().filter(sees).map(|it| it.steps).min()
    }
}

/// Gives each mutant to the properties that kill it, and says what is missing.
pub(super) fn merge(report: &mut Report) {
    let Report { models, mutants: Some(mutants), failures, .. } = report else { return };
    if mutants.is_empty() {
        failures.push("no mutant was measured: green would be vacuous".into());
    }
    for model in &mut *models {
        for property in &mut model.properties {
            let kills = |it: &&Mutant| it.steps(&model.model, &property.name).is_some();
            property.mutants = mutants.iter().filter(kills).map(|it| it.name.clone()).collect();
        }
    }
    failures.extend(unbroken(models).into_iter().map(|it| format!("no mutant breaks `{it}`")));
    for mutant in mutants.iter() {
        if !mutant.is_killed() {
            failures.push(format!("the mutant {} survives: {}", mutant.name, mutant.about));
        }
        // A witness may be one of the small models alone, and a panic is no property.
        let is_named = |it: &&Killed| !matches!(it.kind, KillKind::Panic | KillKind::Witness);
        for killed in mutant.killed.iter().filter(is_named) {
            let model = models.iter().find(|it| it.model == killed.model);
            let is_gone = |model: &crate::run::ModelResult| {
                model.properties.iter().all(|it| it.name != killed.property)
            };
            if model.is_some_and(is_gone) {
                let Killed { model, property, .. } = killed;
                let name = &mutant.name;
                failures.push(format!("{name} is killed by `{property}`, which {model} has not"));
            }
        }
    }
}

/// The promises of the shipped machines that no mutant breaks in any of their models; a witness promises
/// nothing, but that the others say something.
fn unbroken(models: &[ModelResult]) -> BTreeSet<&str> {
    let is_promise = |it: &&PropertyResult| it.kind != Kind::Sometimes;
    let shipped = models.iter().filter(|it| it.subject == Subject::Shipped);
    let (broken, unbroken): (Vec<_>, Vec<_>) = shipped
        .flat_map(|it| &it.properties)
        .filter(is_promise)
        .partition(|it| !it.mutants.is_empty());
    let broken: BTreeSet<&str> = broken.iter().map(|it| it.name.as_str()).collect();
    let unbroken = unbroken.iter().map(|it| it.name.as_str());
    unbroken.filter(|name| !broken.contains(name)).collect()
}

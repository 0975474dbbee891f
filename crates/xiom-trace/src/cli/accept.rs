//! `trace accept`: texts and links as they are now become the accepted ones.

use std::fs;

use clap::Args;

use super::{Ended, Where, unwritable};
use crate::report::read;
use crate::{Class, Finding, Level, Rule};

#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The requirements to accept.
    #[arg(required_unless_present = "all", value_name = "ID")]
    ids: Vec<String>,
    /// Accept all.
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

pub(super) fn run(place: &Where, arguments: &Arguments) -> Ended {
    let trace = place.trace()?;
    let evidence = read(&place.folder()?.join("evidence.json")).ok();
    let mut lock = trace.lock.clone();
    let is_wanted = |id: &String| arguments.all || arguments.ids.contains(id);
    lock.entries.retain(|id, _| trace.requirement(id).is_some() || !is_wanted(id));
    for id in arguments.ids.iter().filter(|id| trace.requirement(id).is_none()) {
        if !trace.lock.entries.contains_key(id) {
            let message = format!("{id} is in no document and not in the lock");
            let nearest = trace.nearest(id).unwrap_or_default();
            let finding = Finding::new(Rule::UnknownId, "", 0, message);
            return Err(Box::new(finding.about(id).help(format!("did you mean {nearest}?"))));
        }
    }
    for (_, stated) in trace.requirements().filter(|(_, stated)| is_wanted(&stated.id)) {
        let fresh = trace.accord(stated, Level::L0);
        let before = lock.entries.get(&stated.id);
        // Evidence counts only for the very tokens it was gathered for.
        let ran = evidence.iter().flat_map(|it| &it.requirements).find(|it| it.id == stated.id);
        let ran = ran.filter(|it| {
            let now = fresh.links.iter().map(|link| &link.hash);
            let then = it.code.iter().map(|it| &it.hash).chain(it.tests.iter().map(|it| &it.hash));
            it.text_hash == fresh.text && then.clone().all(|hash| now.clone().any(|it| it == hash))
        });
        // What was accepted before and is the same keeps its level, whatever the last run looked for.
        //= SRS_TRACE_01_022
        let same = before.filter(|it| it.text == fresh.text && it.links == fresh.links);
        let level = ran.map_or(Level::L0, |it| it.level).max(same.map_or(Level::L0, |it| it.level));
        lock.entries.insert(stated.id.clone(), crate::Accepted { level, ..fresh });
    }
    let file = trace.lock_file();
    fs::write(trace.project.root.join(&file), lock.render())
        .map_err(|error| unwritable(&file, &error))?;
    let count = lock.entries.keys().filter(|id| is_wanted(id)).count();
    anstream::println!("accepted in {file}: {count}");
    Ok(Class::Note)
}

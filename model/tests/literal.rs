//! The source documents as models: exactly what is listed is found, each at the listed length.
//!
//! State counts are recorded: a changed count is a changed reading of a document, and shows in a review.
#![cfg(test)]

extern crate alloc;

use alloc::collections::BTreeMap;

use xiom_model::check::{Arrow, Budget, Checked, Graph, Scenario, narrate, replay, second};
use xiom_model::models::literal::Defect;
use xiom_model::models::literal::saslclientio::{SaslClientIo, saslclientio_defects};
use xiom_model::models::literal::thrift::{Thrift, thrift_defects};
use xiom_model::models::literal::tlsio::{TlsIo, tlsio_defects};

/// What is not as it should be, and the steps of a shortest way to it.
fn found<M: Checked>(graph: &Graph<'_, M>, model: &M) -> BTreeMap<&'static str, usize> {
    let properties = graph.found().iter().filter(|it| !it.holds()).map(|it| (it.name, it.state));
    let stuck = graph.returns();
    let returns = stuck.iter().filter(|it| !it.holds()).map(|it| (it.name, it.first));
    let steps = |state: Option<u32>| state.map_or(0, |state| trace(graph, model, state));
    properties.chain(returns).map(|(name, state)| (name, steps(state))).collect()
}

/// The steps of a shortest way to `state`, which can be saved, played again and told.
fn trace<M: Checked>(graph: &Graph<'_, M>, model: &M, state: u32) -> usize {
    let (init, steps) = graph.path(state).unwrap();
    let saved = Scenario::new(model, "", &init, &steps);
    assert_eq!(replay(model, &saved), Ok((init.clone(), steps.clone())), "{saved:?}");
    let arrows = narrate(model, &init, &steps);
    let who = model.participants().len();
    assert!(steps.len() <= arrows.len(), "{saved:?} is told as {arrows:?}");
    assert!(arrows.iter().all(|it| it.from < who && it.to < who && !it.text.is_empty()));
    steps.len()
}

/// Explores `model`, and compares what is found with what is listed, and with stateright's own search.
fn check<M: Checked>(model: &M, defects: &[Defect], states: usize, transitions: usize) {
    let graph = Graph::explore(model, Budget::REVIEW, |_, _| {});
    let name = model.name();
    let listed: BTreeMap<_, _> = defects.iter().map(|it| (it.property, it.steps)).collect();
    assert_eq!(listed.len(), defects.len(), "{name}: a property is listed twice");
    assert_eq!(found(&graph, model), listed, "{name}");
    let explored = graph.explored();
    assert!(!explored.is_cut, "{name}");
    assert_eq!(explored.conflict, None, "{name}: the cut of the octets matters");
    assert_eq!((explored.states, explored.transitions), (states, transitions), "{name}");
    assert_eq!(second::count(model).states, states, "{name}: the two searches disagree");
}

/// Each defect is shown by a configuration, and at its length by none sooner.
fn nearest<'a>(all: &'static [Defect], shown: impl Iterator<Item = &'a Vec<Defect>>) {
    let mut least = BTreeMap::new();
    for defect in shown.flatten() {
        let steps = least.entry(defect.id).or_insert(defect.steps);
        *steps = defect.steps.min(*steps);
    }
    let listed: BTreeMap<_, _> = all.iter().map(|it| (it.id, it.steps)).collect();
    assert_eq!(listed.len(), all.len(), "an id is listed twice");
    assert_eq!(least, listed);
}

#[test]
fn the_client_in_direct_style_breaks_what_is_listed() {
    let counts = [
        (157, 54_472),
        (274, 89_147),
        (1_182, 1_335_761),
        (163, 75_715),
        (160, 54_493),
        (172, 57_793),
        (379, 301_937),
    ];
    let models = SaslClientIo::all();
    assert_eq!(models.len(), counts.len());
    for (model, (states, transitions)) in models.iter().zip(counts) {
        check(model, &model.defects(), states, transitions);
    }
    let shown: Vec<_> = models.iter().map(SaslClientIo::defects).collect();
    nearest(saslclientio_defects(), shown.iter());
}

#[test]
fn the_adapter_breaks_what_is_listed_in_both_readings() {
    let counts = [(58, 533), (58, 533), (1_041, 174_247), (2_926, 623_845)];
    let models = TlsIo::all();
    assert_eq!(models.len(), counts.len());
    for (model, (states, transitions)) in models.iter().zip(counts) {
        check(model, &model.defects(), states, transitions);
    }
    let shown: Vec<_> = models.iter().map(TlsIo::defects).collect();
    nearest(tlsio_defects(), shown.iter());
}

#[test]
fn each_reading_of_the_login_breaks_what_is_listed() {
    let counts = [
        (2_480, 1_696),
        (4_200, 3_416),
        (24_042, 43_100),
        (4_160, 3_376),
        (4_128, 3_344),
        (4_168, 3_384),
        (4_240, 3_456),
        (462, 658),
        (570, 686),
    ];
    let models = Thrift::all();
    assert_eq!(models.len(), counts.len());
    for (model, (states, transitions)) in models.iter().zip(counts) {
        check(model, &model.defects(), states, transitions);
    }
    let shown: Vec<_> = models.iter().map(Thrift::defects).collect();
    nearest(thrift_defects(), shown.iter());
}

#[test]
fn every_pair_of_mechanisms_comes_to_one_end_however_its_octets_are_cut() {
    let model = Thrift::mutual_cut();
    let graph = Graph::explore(&model, Budget::REVIEW, |_, _| {});
    assert_eq!((graph.explored().inputs, graph.explored().conflict), (784, None));
}

/// The last of `steps` breaks `property`; gives what was said.
fn breaks<M: Checked>(model: &M, property: &str, steps: &[&str]) -> Vec<String> {
    breaks_from(0, model, property, steps)
}

/// The same from another initial state.
fn breaks_from<M: Checked>(start: usize, model: &M, property: &str, steps: &[&str]) -> Vec<String> {
    let steps = steps.iter().map(ToString::to_string).collect();
    let saved = Scenario { model: model.name(), property: property.into(), start, steps };
    let (init, steps) = replay(model, &saved).unwrap();
    let last =
        steps.iter().try_fold(init.clone(), |state, step| model.next_state(&state, step.clone()));
    let (last, all) = (last.unwrap(), model.properties());
    let judged = all.iter().find(|it| it.name == property).unwrap();
    assert!(!(judged.condition)(model, &last), "{saved:?}");
    let who = model.participants();
    let line = |it: Arrow| format!("{} -> {}: {}", who[it.from], who[it.to], it.text);
    narrate(model, &init, &steps).into_iter().map(line).collect()
}

#[test]
fn the_traces_of_the_client_break_what_the_deviations_say() {
    let (model, up) = (SaslClientIo::reentrant(), ["user opens", "io below is open"]);
    let after_up = |property, steps: &[&str]| breaks(&model, property, &[&up, steps].concat());
    let init_fails = "io below delivers [H1, H2, mechanisms]; xio_send fails; xio_close completes at once; \
                      user opens in the callback";
    after_up(
        "an open succeeds on a sound connection only when the init was sent on it",
        &[init_fails, "io below is open", "io below delivers [H1, H2, outcome ok]"],
    );
    after_up(
        "no session is shown the rest of an older read",
        &[
            "io below delivers [H1, H2]",
            "io below delivers [other mechanisms, octets]; xio_close completes at once; user opens in the \
             callback",
        ],
    );
    after_up(
        "the end of an old connection completes nothing that is newer",
        &[
            "io below delivers [H1, H2, octets]; xio_close is taken; user opens in the callback",
            "io below has closed",
        ],
    );
    breaks(
        &SaslClientIo::destroying(),
        "a client destroyed within a callback is not used after it",
        &[
            "user opens",
            "io below is open",
            "io below delivers [H1, H2, octets]; xio_close completes at once; user destroys in the callback",
        ],
    );
    breaks(
        &SaslClientIo::echoing(),
        "the header is compared within its bounds",
        &[
            "user opens",
            "io below is open; the server's header comes within xio_send",
            "io below delivers [octets]",
        ],
    );
}

#[test]
fn the_traces_of_the_adapter_break_what_the_deviations_say() {
    let (first, last) = (TlsIo::state_first_reentrant(), TlsIo::calls_first_reentrant());
    let sent = ["user: open", "user: dowork; handshake done", "user: send"];
    let fails = "user: dowork; send fails; user in the callback: close";
    for property in [
        "a message completes once",
        "a message is deleted once",
        "an error is told only while the user sees the adapter open",
    ] {
        breaks(&first, property, &[sent.as_slice(), &[fails]].concat());
    }
    let opened = "user: dowork; handshake done; user in the callback: close";
    let property = "at rest the adapter is what the user sees";
    breaks(&last, property, &["user: open", opened]);
    let property = "an adapter destroyed within a callback is not used after it";
    breaks(&last, property, &["user: close; user in the callback: destroy"]);
    let property = "no message is pending when the adapter is closed or destroyed";
    let fails = "user: dowork; handshake fails; user in the callback: dowork; handshake done; user in the \
                 callback: send";
    breaks(&first, property, &["user: open", fails]);
    let property = "an open that was cancelled or failed does not succeed";
    let cancelled = "user: close; user in the callback: dowork; handshake done";
    breaks(&first, property, &["user: open", cancelled]);
}

#[test]
fn a_trace_is_told_call_by_call() {
    let told = breaks(
        &SaslClientIo::plain(),
        "an open succeeds only while the mechanism has refused nothing",
        &[
            "user opens",
            "io below is open",
            "io below delivers [H1, H2, mechanisms]",
            "io below delivers [forged challenge, outcome ok]",
        ],
    );
    let expected = [
        "user -> saslclientio: saslclientio_open",
        "saslclientio -> io below: xio_open -> ok",
        "io below -> saslclientio: on_underlying_io_open_complete(ok)",
        "saslclientio -> io below: xio_send(header) -> ok",
        "io below -> saslclientio: bytes received: [H1, H2, mechanisms]",
        "saslclientio -> io below: xio_send(sasl-init) -> ok",
        "io below -> saslclientio: bytes received: [forged challenge, outcome ok]",
        "saslclientio -> saslclientio: the mechanism refuses the challenge",
        "saslclientio -> io below: xio_close",
        "saslclientio -> user: on_io_open_complete(ok)",
    ];
    assert_eq!(told, expected);
}

/// Mechanisms in the order of the model, of 28: what each says to the first and to the second message.
const DONE: usize = 0;
const SILENT_THEN_DONE: usize = 4;
const TOKEN_THEN_DONE: usize = 5;
const TOKEN_THEN_REJECTS: usize = 9;

#[test]
fn the_traces_of_the_login_break_what_the_deviations_say() {
    let (there, back) =
        ("what the client said reaches the server", "what the server said reaches the client");
    let property = "no peer waits for ever";
    breaks_from(28 * DONE + SILENT_THEN_DONE, &Thrift::literal(), property, &[there]);
    let property = "honest peers read no length that neither has meant";
    let round = [there, back, there];
    let start = 28 * TOKEN_THEN_DONE + DONE;
    let told = breaks_from(start, &Thrift::client_answers(), property, &round);
    let expected = [
        "client -> server: START(1) OK(1)",
        "server -> server: open",
        "server -> client: COMPLETE(0)",
        "client -> client: open",
        "client -> server: COMPLETE(0) frame(1)",
    ];
    assert_eq!(told, expected);
    breaks_from(start, &Thrift::server_waits(), property, &round);
    breaks_from(28 * TOKEN_THEN_REJECTS + DONE, &Thrift::server_ends(), property, &round);
}

#[test]
fn a_stranger_logs_in_at_a_client_that_believes_complete() {
    let property = "a peer is open only when its own mechanism is done";
    let (model, said) = (Thrift::credulous_stranger(), ["the stranger says COMPLETE(0)"]);
    let told = breaks_from(TOKEN_THEN_DONE, &model, property, &said);
    assert_eq!(told, ["stranger -> client: COMPLETE(0)", "client -> client: open"]);
}

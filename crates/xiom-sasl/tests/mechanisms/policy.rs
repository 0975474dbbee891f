//! Which mechanism is chosen, and what is said about the others.

use xiom_core::{Bindings, SaslFault, Security};
use xiom_sasl::client::{Anonymous, External, Mechanism, Plain};
use xiom_sasl::scram::Variant;
use xiom_sasl::server::{self, Offer, ServerMechanism};
use xiom_sasl::{
    BindingOffer, Credentials, LayerRange, Limits, Order, Policy, Properties, Protection as P,
    Selection, Side, Verdict,
};

use crate::common::{decoy, scram_client, scram_server, secure};

fn all() -> [Mechanism; 5] {
    [
        Anonymous::new("").unwrap().into(),
        Plain::new(Credentials::new("user", "pencil")).unwrap().into(),
        External::new(None).unwrap().into(),
        scram_client(Variant::Sha256, "user", "pencil"),
        scram_client(Variant::Sha256Plus, "user", "pencil"),
    ]
}

const NAMES: [&str; 5] = ["ANONYMOUS", "PLAIN", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];

fn verdicts(selection: &Selection<'_>) -> Vec<Verdict> {
    selection.entries().iter().map(|entry| entry.verdict).collect()
}

fn chosen(
    policy: &Policy,
    offers: &[&str],
    security: &Security,
) -> Result<&'static str, SaslFault> {
    let selection = policy.select(&all(), offers.iter().copied(), security);
    selection.choice().map(|choice| NAMES[choice.index])
}

//= test SRS_SASL_MECHANISMS_01_002, SRS_SASL_MECHANISMS_01_003
#[test]
fn the_strongest_is_chosen_whatever_the_order_of_the_server() {
    let (policy, security) = (Policy::default(), secure());
    let mut offers = NAMES.to_vec();
    for expected in ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "EXTERNAL", "PLAIN"] {
        assert_eq!(chosen(&policy, &offers, &security), Ok(expected));
        offers.reverse();
        assert_eq!(chosen(&policy, &offers, &security), Ok(expected));
        offers.retain(|name| *name != expected);
    }
    assert_eq!(chosen(&policy, &offers, &security), Err(SaslFault::NoCommonMechanism));
    assert_eq!(chosen(&policy, &[], &security), Err(SaslFault::NothingOffered));
}

//= test SRS_SASL_MECHANISMS_01_004
#[test]
fn the_configured_order_counts_when_the_user_demands_it() {
    let configured = Policy { order: Order::Configured, ..Policy::default() };
    assert_eq!(chosen(&configured, &NAMES, &secure()), Ok("PLAIN"));
    assert_eq!(chosen(&configured, &NAMES, &Security::default()), Ok("SCRAM-SHA-256"));
}

//= test SRS_SASL_MECHANISMS_01_003
#[test]
fn among_equals_the_first_configured_is_chosen() {
    let candidates =
        [scram_client(Variant::Sha256, "a", "b"), scram_client(Variant::Sha256, "c", "d")];
    let selection = Policy::default().select(&candidates, ["SCRAM-SHA-256"], &secure());
    assert_eq!(selection.choice().unwrap().index, 0);
    assert_eq!(verdicts(&selection), [Verdict::Chosen, Verdict::Weaker]);
}

//= test SRS_SASL_MECHANISMS_01_001
#[test]
fn names_match_exactly() {
    for name in ["plain", "PLAIN ", "PLAINX", "PLAI", "", "SCRAM-SHA-256-PLUSX"] {
        let result = chosen(&Policy::default(), &[name], &secure());
        assert_eq!(result, Err(SaslFault::NoCommonMechanism), "{name}");
    }
}

//= test SRS_SASL_MECHANISMS_01_005, SRS_SASL_MECHANISMS_01_006, SRS_SASL_MECHANISMS_01_009
//= test SRS_SASL_MECHANISMS_01_014
/// Nothing falls back: neither to a password in clear nor to being nobody.
#[test]
fn a_bare_channel_leaves_what_is_safe_there() {
    let (policy, bare) = (Policy::default(), Security::default());
    let selection = policy.select(&all(), NAMES, &bare);
    assert_eq!(
        verdicts(&selection),
        [
            Verdict::Anonymous,
            Verdict::NotConfidential,
            Verdict::NoCertificate,
            Verdict::Chosen,
            Verdict::NoBinding,
        ]
    );
    assert_eq!(selection.choice().unwrap().binding, BindingOffer::None);
    let offers = ["ANONYMOUS", "PLAIN"];
    assert_eq!(chosen(&policy, &offers, &bare), Err(SaslFault::NoCommonMechanism));
    let lax = Policy { allow_cleartext: true, ..policy.clone() };
    assert_eq!(chosen(&lax, &offers, &bare), Ok("PLAIN"));
    let lax = Policy { allow_anonymous: true, ..policy.clone() };
    assert_eq!(chosen(&lax, &offers, &bare), Ok("ANONYMOUS"));
    let alone = [Mechanism::from(Anonymous::new("").unwrap())];
    assert!(policy.select(&alone, offers, &bare).choice().is_ok());
}

//= test SRS_SASL_MECHANISMS_01_010, SRS_SASL_MECHANISMS_01_011, SRS_SASL_MECHANISMS_01_012
/// Attack 9: a demand for binding filters the whole list, not only one family.
#[test]
fn demands_filter_every_mechanism() {
    let security = secure();
    let binding = Policy { require_binding: true, ..Policy::default() };
    assert_eq!(chosen(&binding, &NAMES, &security), Ok("SCRAM-SHA-256-PLUS"));
    assert_eq!(chosen(&binding, &NAMES[..4], &security), Err(SaslFault::NoCommonMechanism));
    let mutual = Policy { require_mutual: true, ..Policy::default() };
    assert_eq!(chosen(&mutual, &NAMES[..4], &security), Ok("SCRAM-SHA-256"));
    assert_eq!(chosen(&mutual, &NAMES[..3], &security), Err(SaslFault::NoCommonMechanism));
    let layer = Policy { require_layer: P::Integrity, ..Policy::default() };
    let selection = layer.select(&all(), NAMES, &security);
    assert_eq!(selection.choice(), Err(SaslFault::NoCommonMechanism));
    assert_eq!(verdicts(&selection)[1..], [Verdict::NoLayer; 4]);
}

//= test SRS_SASL_MECHANISMS_01_055
/// Attack 10: a stripped offer shows in what the client says, judged over the whole offer.
#[test]
fn a_stripped_offer_is_told_to_the_server() {
    let (policy, security) = (Policy::default(), secure());
    let select = |offers: &[&str], security: &Security| {
        policy.select(&all(), offers.iter().copied(), security).choice().unwrap()
    };
    assert_eq!(select(&NAMES, &security).binding, BindingOffer::Offered);
    assert_eq!(select(&NAMES[..4], &security).binding, BindingOffer::Withheld);
    assert_eq!(
        select(&["SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"], &security).binding,
        BindingOffer::Withheld
    );
    let unbound = Security { bindings: Bindings::default(), ..security.clone() };
    assert_eq!(select(&NAMES, &unbound).binding, BindingOffer::None);
    let without_plus = &all()[..4];
    let choice = policy.select(without_plus, NAMES, &security).choice().unwrap();
    assert_eq!(choice.binding, BindingOffer::None);
}

//= test SRS_SASL_MECHANISMS_01_014, SRS_SASL_MECHANISMS_01_015
#[test]
fn a_report_says_why_and_shows_names_only() {
    let candidates = &all()[1..4];
    let offers = ["GSSAPI", "evil\x1b[31m", "WAYTOOLONGFORAMECHANISM", "PLAIN", ""];
    let selection = Policy::default().select(candidates, offers, &Security::default());
    assert_eq!(
        selection.to_string(),
        "PLAIN: would show the secret, and the channel is not confidential; \
         EXTERNAL: configured, but not offered; SCRAM-SHA-256: configured, but not offered; \
         GSSAPI: offered, but not configured"
    );
    let many: Vec<String> = (0..1000).map(|number| format!("X-{number}")).collect();
    let selection =
        Policy::default().select(candidates, many.iter().map(String::as_str), &secure());
    assert_eq!(selection.entries().len(), 3 + 32);
}

fn servers() -> [server::Mechanism; 5] {
    [
        server::Anonymous::new().into(),
        server::Plain::new(decoy()).into(),
        server::External::new().into(),
        scram_server(Variant::Sha256),
        scram_server(Variant::Sha256Plus),
    ]
}

//= test SRS_SASL_MECHANISMS_01_005, SRS_SASL_MECHANISMS_01_009, SRS_SASL_MECHANISMS_01_011
//= test SRS_SASL_MECHANISMS_01_016
/// Attack 11 at the server: what would show a secret is not even offered.
#[test]
fn a_server_offers_what_the_channel_bears() {
    let policy = Policy::default();
    let offer = Offer::new(servers(), &policy, &secure());
    assert_eq!(offer.names().collect::<Vec<_>>(), NAMES);
    assert_eq!(offer.binding(), BindingOffer::Offered);
    let offer = Offer::new(servers(), &policy, &Security::default());
    assert_eq!(offer.names().collect::<Vec<_>>(), ["ANONYMOUS", "SCRAM-SHA-256"]);
    assert_eq!(offer.binding(), BindingOffer::None);
    let plain = server::Plain::new(decoy()).properties();
    let objection = policy.objection(&plain, &Security::default(), Side::Server);
    assert_eq!(objection, Some(Verdict::NotConfidential));
    let mutual = Policy { require_mutual: true, ..policy };
    let offer = Offer::new(servers(), &mutual, &secure());
    assert_eq!(offer.names().collect::<Vec<_>>(), ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]);
}

//= test SRS_SASL_MECHANISMS_01_008
/// A certificate of this end does not say who the peer is, nor the other way round.
#[test]
fn each_end_has_its_own_identity_below() {
    let policy = Policy::default();
    let external = server::External::new().properties();
    let own = Security { certificate: true, ..Security::default() };
    let proven = Security { peer: Some("CN=client1".into()), ..Security::default() };
    for (security, side, expected) in [
        (&own, Side::Client, None),
        (&own, Side::Server, Some(Verdict::NoCertificate)),
        (&proven, Side::Client, Some(Verdict::NoCertificate)),
        (&proven, Side::Server, None),
    ] {
        assert_eq!(policy.objection(&external, security, side), expected);
    }
}

//= test SRS_SASL_MECHANISMS_01_013
#[test]
fn broken_mechanisms_need_a_word_of_the_user() {
    let broken = Properties { legacy: true, ..Properties::named("CRAM-MD5") };
    let strict = Policy::default();
    let objection = strict.objection(&broken, &secure(), Side::Client);
    assert_eq!(objection, Some(Verdict::Legacy));
    let lax = Policy { allow_legacy: true, ..strict };
    assert_eq!(lax.objection(&broken, &secure(), Side::Client), None);
}

//= test SRS_SASL_MECHANISMS_01_017
#[test]
fn a_client_chooses_exactly_what_was_offered() {
    let offer = Offer::new(servers(), &Policy::default(), &Security::default());
    for name in ["PLAIN", "scram-sha-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256 ", ""] {
        assert_eq!(offer.clone().select(name), None, "{name}");
    }
    let mechanism = offer.select("SCRAM-SHA-256").unwrap();
    assert_eq!(mechanism.properties().name, "SCRAM-SHA-256");
}

//= test SRS_SASL_MECHANISMS_01_122
#[test]
fn layers_are_asked_for_where_nothing_below_protects() {
    let limits = Limits::default();
    let layers = |policy: Policy, security: &Security| {
        let LayerRange { least, most } =
            policy.context(security, &limits, BindingOffer::None).layers;
        (least, most)
    };
    let (clear, sealed) = (Security::default(), secure());
    for require_layer in [P::None, P::Integrity, P::Confidentiality] {
        let policy = Policy { require_layer, ..Policy::default() };
        assert_eq!(layers(policy.clone(), &sealed), (require_layer, require_layer));
        assert_eq!(layers(policy, &clear), (require_layer, P::Confidentiality));
        let policy = Policy { require_layer, max_layer: P::None, ..Policy::default() };
        assert_eq!(layers(policy, &clear), (require_layer, require_layer));
    }
    let range = LayerRange { least: P::Integrity, most: P::Confidentiality };
    assert_eq!([P::None, P::Integrity].map(|layer| range.admits(layer)), [false, true]);
}

//! One test for each attack on the exchange, and every message of a few octets.

use xiom_testing::CONTEXT;

use super::*;

/// What the default asks for, changed.
fn flags(change: impl FnOnce(&mut GssFlags)) -> GssFlags {
    let mut flags = GssFlags::ASKED;
    change(&mut flags);
    flags
}

/// Flags without which there is no exchange, and the fault of both ends.
fn bad_flags() -> [(GssFlags, AuthFault); 3] {
    [
        (flags(|flags| flags.mutual = false), AuthFault::ServerNotVerified),
        (flags(|flags| flags.integrity = false), AuthFault::ContextFlags),
        (flags(|flags| flags.anonymous = true), AuthFault::ContextFlags),
    ]
}

//= test SRS_SASL_MECHANISMS_01_102, SRS_SASL_MECHANISMS_01_103
#[test]
fn a_context_that_grants_less_is_refused() {
    for (flags, fault) in bad_flags() {
        let weak = client::Gssapi::new(FakeGss::initiator(TIM).granting(flags), None).unwrap();
        let end = negotiate(weak, server(), (ANY, ANY));
        assert_eq!(end.unwrap_err(), End::Client(fault));
        let weak = server::Gssapi::new(FakeGss::acceptor().granting(flags));
        assert_eq!(negotiate(client(), weak, (ANY, ANY)).unwrap_err(), End::Server(fault));
    }
}

//= test SRS_SASL_MECHANISMS_01_069, SRS_SASL_MECHANISMS_01_103
/// Attack 24: the user's credentials go to the server only if the user said so.
#[test]
fn delegation_is_refused_unless_it_was_allowed() {
    let asked = flags(|_| {});
    assert_eq!([asked.delegation, asked.anonymous], [false; 2]);
    let delegating = flags(|flags| flags.delegation = true);
    let client = client::Gssapi::new(FakeGss::initiator(TIM).granting(delegating), None).unwrap();
    let end = negotiate(client.clone(), server(), (ANY, ANY));
    assert_eq!(end.unwrap_err(), End::Client(AuthFault::ContextFlags));
    assert!(negotiate(client.allow_delegation(), server(), (ANY, ANY)).is_ok());
    // It is the client's own affair at a server, which does not pick it up.
    let server = server::Gssapi::new(FakeGss::acceptor().granting(delegating));
    assert!(negotiate(super::client(), server, (ANY, ANY)).is_ok());
}

//= test SRS_SASL_MECHANISMS_01_106, SRS_SASL_MECHANISMS_01_107
/// Attack 22: a context that cannot carry the layer ends the exchange, and never goes on without.
#[test]
fn a_context_carries_no_layer_beyond_its_grants() {
    let cases = [
        // What is repeated is out of order, and clients in use ask for no more.
        (flags(|flags| flags.replay = false), Protection::Confidentiality),
        (flags(|flags| flags.sequence = false), Protection::None),
        (flags(|flags| flags.confidentiality = false), Protection::Integrity),
        (GssFlags::ASKED, Protection::Confidentiality),
    ];
    for (flags, most) in cases {
        let weak_client =
            || client::Gssapi::new(FakeGss::initiator(TIM).granting(flags), None).unwrap();
        let weak_server = || server::Gssapi::new(FakeGss::acceptor().granting(flags));
        let (end, _) = negotiate(weak_client(), server(), (ANY, ANY)).unwrap();
        assert_eq!(end.protection(), most);
        let (end, _) = negotiate(client(), weak_server(), (ANY, ANY)).unwrap();
        assert_eq!(end.protection(), most);
        for asked in EACH {
            let end = negotiate(weak_client(), server(), (only(asked), ANY));
            assert_eq!(end.is_ok(), asked <= most, "{end:?}");
            let end = negotiate(client(), weak_server(), (ANY, only(asked)));
            assert_eq!(end.is_ok(), asked <= most, "{end:?}");
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_019, SRS_SASL_MECHANISMS_01_101
/// Attack 1: ok before the layer is chosen, at each moment.
#[test]
fn early_ok_is_no_success() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    assert_eq!(client().outcome_ok(&cx, None).unwrap_err(), AuthFault::Unexpected);
    let mut started = client();
    started.start(&cx, &mut Vec::new()).unwrap();
    let fault = started.outcome_ok(&cx, None).unwrap_err();
    assert_eq!(fault, AuthFault::ServerNotVerified);
    let (mut client, mut acceptor) = before_offer(&cx);
    let fault = client.clone().outcome_ok(&cx, Some(b"welcome")).unwrap_err();
    assert_eq!(fault, AuthFault::ServerNotVerified);
    client.challenge(&cx, &token(&mut acceptor, &[1, 0, 0, 0]), &mut Vec::new()).unwrap();
    assert!(client.clone().outcome_ok(&cx, None).is_ok());
    assert_eq!(client.challenge(&cx, b"", &mut Vec::new()), Err(AuthFault::Unexpected));
    assert_eq!(client.outcome_ok(&cx, None).unwrap_err(), AuthFault::Unexpected);
}

//= test SRS_SASL_MECHANISMS_01_107, SRS_SASL_MECHANISMS_01_108, SRS_SASL_MECHANISMS_01_112
/// Every set of layers that a server can offer, with some buffers and every policy.
#[test]
fn a_client_chooses_exactly_one_offered_layer() {
    let bits =
        [(4, Protection::Confidentiality), (2, Protection::Integrity), (1, Protection::None)];
    let (security, limits) = (Security::default(), Limits::default());
    for (least, most) in EACH.into_iter().flat_map(|least| EACH.map(|most| (least, most))) {
        let layers = LayerRange { least, most };
        let cx = Context::new(&security, &limits).with_layers(layers);
        for (mask, buffer) in (0..=255_u8).flat_map(|mask| [0_u8, 1, 4, 255].map(|it| (mask, it))) {
            let (mut client, mut acceptor) = before_offer(&cx);
            let mut out = Vec::new();
            let offer = token(&mut acceptor, &[mask, 0, 0, buffer]);
            let step = client.challenge(&cx, &offer, &mut out);
            let best = bits.into_iter().find(|(bit, it)| mask & bit != 0 && layers.admits(*it));
            let room = buffer > 5;
            match best {
                Some((bit, layer)) if layer == Protection::None || room => {
                    assert_eq!(step, Ok(ClientStep::Send));
                    let choice = acceptor.unwrap(&mut out).unwrap();
                    assert!(!choice.confidential);
                    let announced = u8::from(layer != Protection::None);
                    assert_eq!(out[choice.plain], [bit, announced, 0, 0]);
                }
                Some(_) | None => {
                    assert_eq!((step, &*out), (Err(AuthFault::NoCommonLayer), &b""[..]));
                }
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_109, SRS_SASL_MECHANISMS_01_112, SRS_SASL_MECHANISMS_01_113
/// Attack 14: every choice that a client can make, with some buffers and every policy.
#[test]
fn a_server_takes_exactly_one_offered_layer() {
    let (security, limits) = (Security::default(), Limits::default());
    for most in EACH {
        let layers = LayerRange { most, ..ANY };
        let cx = Context::new(&security, &limits).with_layers(layers);
        let (server, offer, initiator) = before_choice(&cx);
        let offered = match most {
            Protection::None => [0b001, 0, 0, 0],
            Protection::Integrity => [0b011, 1, 0, 0],
            Protection::Confidentiality => [0b111, 1, 0, 0],
        };
        assert_eq!(offer, offered);
        for (mask, buffer) in (0..=255_u8).flat_map(|mask| [0_u8, 1, 4, 255].map(|it| (mask, it))) {
            let choice = token(&mut initiator.clone(), &[mask, 0, 0, buffer]);
            let step = server.clone().step(&cx, ServerInput::Response(&choice), &mut Vec::new());
            let is_layer = (mask == 2 || mask == 4) && mask & offer[0] != 0;
            if (mask == 1 && buffer == 0) || (is_layer && buffer > 5) {
                assert!(matches!(step, ServerStep::Authorize(..)), "{mask} {buffer} {step:?}");
            } else if is_layer && buffer != 0 {
                assert_eq!(fault(&step), AuthFault::NoCommonLayer);
            } else {
                assert_eq!(fault(&step), AuthFault::Malformed);
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_105, SRS_SASL_MECHANISMS_01_111
/// Attack 13: a message of any other length, and names that are none.
#[test]
fn messages_of_another_form_are_refused() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    for size in (0..=16).filter(|size| *size != 4) {
        let (mut client, mut acceptor) = before_offer(&cx);
        let offer = token(&mut acceptor, &[&[1, 0, 0, 0], &[0; 12][..]].concat()[..size]);
        assert_eq!(client.challenge(&cx, &offer, &mut Vec::new()), Err(AuthFault::Malformed));
    }
    let (server, _, initiator) = before_choice(&cx);
    let answer = |plain: &[u8]| {
        let choice = token(&mut initiator.clone(), plain);
        server.clone().step(&cx, ServerInput::Response(&choice), &mut Vec::new())
    };
    for plain in [&b""[..], b"\x01", b"\x01\0", b"\x01\0\0", b"\x01\0\0\0\xff", b"\x01\0\0\0root\0"]
    {
        assert_eq!(fault(&answer(plain)), AuthFault::Malformed, "{}", plain.escape_ascii());
    }
    let step = answer(b"\x01\0\0\0root");
    let ServerStep::Authorize(_, principal) = step else { panic!("{step:?}") };
    assert_eq!(principal.authzid.as_deref(), Some("root"));
}

//= test SRS_SASL_MECHANISMS_01_104
/// Attack: somebody changes an octet of the offer or the choice, or says it before its turn.
#[test]
fn a_changed_octet_ends_the_exchange() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits).with_layers(ANY);
    for (number, size) in [(3, 8), (4, 8)] {
        for index in 0..size {
            let end = exchange(client(), server(), (&cx, &cx), |at, message| {
                if at == number {
                    message[index] ^= 0x40;
                }
            });
            let expected = [End::Client(AuthFault::Malformed), End::Server(AuthFault::Malformed)];
            assert_eq!(end.unwrap_err(), expected[usize::from(number == 4)]);
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_026, SRS_SASL_MECHANISMS_01_100
#[test]
fn tokens_are_bounded_and_come_in_their_turn() {
    let (security, limits) = (Security::default(), Limits { message: 12, ..Limits::default() });
    let cx = Context::new(&security, &limits);
    let long = [0; 13];
    let (mut client, _) = before_offer(&cx);
    assert_eq!(client.challenge(&cx, &long, &mut Vec::new()), Err(AuthFault::TooLong));
    client = super::client();
    let mut first = Vec::new();
    client.start(&cx, &mut first).unwrap();
    assert_eq!(client.challenge(&cx, &long, &mut Vec::new()), Err(AuthFault::TooLong));
    let step = server().step(&cx, ServerInput::Initial(Some(&long)), &mut Vec::new());
    assert_eq!(fault(&step), AuthFault::TooLong);
    let (server, _, _) = before_choice(&Context::new(&security, &Limits::default()));
    let step = server.step(&cx, ServerInput::Response(&long), &mut Vec::new());
    assert_eq!(fault(&step), AuthFault::TooLong);
    // A word in the place of the empty response.
    let step = super::server().step(&cx, ServerInput::Initial(Some(b"`\0tim")), &mut Vec::new());
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    let step = server.step(&cx, ServerInput::Response(b"x"), &mut Vec::new());
    assert_eq!(fault(&step), AuthFault::Unexpected);
}

//= test SRS_SASL_MECHANISMS_01_022, SRS_SASL_MECHANISMS_01_027
#[test]
fn a_server_takes_nothing_out_of_turn() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (choosing, _, mut initiator) = before_choice(&cx);
    let choice = token(&mut initiator, &[1, 0, 0, 0]);
    let step = choosing.clone().step(&cx, ServerInput::Response(&choice), &mut Vec::new());
    let ServerStep::Authorize(authorizing, _) = step else { panic!("{step:?}") };
    let stray =
        [ServerInput::Work(1), ServerInput::Initial(None), ServerInput::Initial(Some(b"x"))];
    for state in [&choosing, &authorizing] {
        for input in stray {
            let step = state.clone().step(&cx, input, &mut Vec::new());
            assert_eq!(fault(&step), AuthFault::Unexpected);
        }
    }
    let step = choosing.step(&cx, ServerInput::Authorized(true), &mut Vec::new());
    assert_eq!(fault(&step), AuthFault::Unexpected);
    let step = authorizing.clone().step(&cx, ServerInput::Response(&choice), &mut Vec::new());
    assert_eq!(fault(&step), AuthFault::Unexpected);
    let step = authorizing.step(&cx, ServerInput::Authorized(false), &mut Vec::new());
    assert_eq!(fault(&step), AuthFault::NotAuthorized);
}

//= test SRS_SASL_MECHANISMS_01_115
#[test]
fn a_client_without_a_name_is_refused() {
    let client = client::Gssapi::new(FakeGss::initiator(""), None).unwrap();
    let end = negotiate(client, server(), (ANY, ANY));
    assert_eq!(end.unwrap_err(), End::Server(AuthFault::NoCredentials));
}

//= test SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_024, SRS_SASL_MECHANISMS_01_070
/// Attack 25: the context is gone with the first error, and the exchange refuses every further call.
#[test]
fn a_context_is_dropped_at_its_first_error() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let alive = Rc::new(Cell::new(0));
    for hostile in [&b""[..], b"garbage", b"`\x02", b"`\x01x", &[CONTEXT, 0]] {
        let context = Watched::new(FakeGss::initiator(TIM), &alive);
        let mut client = client::Gssapi::new(context, None).unwrap();
        let mut out = Vec::new();
        client.start(&cx, &mut out).unwrap();
        out.clear();
        let step = client.challenge(&cx, hostile, &mut out);
        assert_eq!(step, Err(AuthFault::Gss { major: 0x9_0000, minor: 0 }));
        assert_eq!((alive.get(), &*out), (0, &b""[..]));
        assert_eq!(client.challenge(&cx, b"`\x01", &mut out), Err(AuthFault::Unexpected));
        assert_eq!(client.start(&cx, &mut out), Err(AuthFault::Unexpected));
        assert_eq!(client.work(&cx, 1, &mut out), Err(AuthFault::Unexpected));
        assert_eq!(client.outcome_ok(&cx, None).unwrap_err(), AuthFault::Unexpected);

        let server = server::Gssapi::new(Watched::new(FakeGss::acceptor(), &alive));
        let step = server.step(&cx, ServerInput::Initial(Some(hostile)), &mut out);
        if hostile != [CONTEXT, 0] {
            assert!(matches!(fault(&step), AuthFault::Gss { .. }));
        }
        assert_eq!((alive.get(), &*out), (0, &b""[..]));
    }
    for (flags, _) in bad_flags() {
        let context = Watched::new(FakeGss::initiator(TIM).granting(flags), &alive);
        let mut client = client::Gssapi::new(context, None).unwrap();
        client.start(&cx, &mut Vec::new()).unwrap();
        assert!(client.challenge(&cx, b"`\x01", &mut Vec::new()).is_err());
        assert_eq!(alive.get(), 0);
    }
}

//! The name in START: exactly one that the server accepts, or BAD.

use xiom_core::{AuthFault, Cause, OpenResult, Plain, SaslFault, Stack, Stage};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::{Context, Established, NoLayer, Properties, Protection};
use xiom_thrift_sasl::Client;

use crate::messages::{BAD, COMPLETE, START, message};
use crate::rig::{
    Kind, answer_all, client_config, open, opened, server_config, server_side, server_with,
};
use crate::script::{Case, server_refuses};

//= test SRS_THRIFT_SASL_01_009, SRS_THRIFT_SASL_01_011, SRS_THRIFT_SASL_50_022
#[test]
fn a_name_that_is_not_accepted_is_answered_by_bad() {
    let twenty_one = [b'A'; 21];
    let names: [&[u8]; 14] = [
        b"",
        b"plain",
        b"Plain",
        b"PLAIN ",
        b" PLAIN",
        b"PLAIN\0",
        b"PLAI",
        b"PLAINN",
        b"GSSAPI",
        &twenty_one[..20],
        &twenty_one,
        &[b'A'; 4096],
        b"\xff\xfe",
        "PLA\u{130}N".as_bytes(),
    ];
    for name in names {
        let case = Case {
            name: format!("{name:?}"),
            octets: message(START, name),
            sent: message(BAD, b"mechanism not accepted"),
            failure: Cause::Sasl(SaslFault::NotOffered).at(Stage::SaslStart),
            text: None,
        };
        server_refuses(&case, Kind::Plain);
    }
}

/// A mechanism of somebody else, under whatever name.
#[derive(Clone, Debug)]
struct Named(Properties);

impl ClientMechanism for Named {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        self.0
    }

    fn start(&mut self, _: &Context<'_>, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        Ok(ClientStep::Send)
    }

    fn challenge(
        &mut self,
        _: &Context<'_>,
        _: &[u8],
        _: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        Err(AuthFault::Unexpected)
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        true
    }

    fn outcome_ok(
        self,
        _: &Context<'_>,
        _: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        Err(AuthFault::Unexpected)
    }
}

//= test SRS_THRIFT_SASL_01_009
#[test]
fn a_client_does_not_say_a_name_that_is_none() {
    let properties = client::Anonymous::new("").unwrap().properties();
    for (name, is_said) in [
        ("ANONYMOUS", true),
        ("X-20-CHARACTERS-LONG", true),
        ("X-21-CHARACTERS-LONG-", false),
        ("anonymous", false),
        ("", false),
    ] {
        let mechanism = Named(Properties { name, ..properties });
        let layers = Client::new(mechanism, client_config(Protection::None));
        let mut client = open(Stack::new(layers, Plain::default()));
        let failure = Cause::Sasl(SaslFault::NotPermitted).at(Stage::SaslStart);
        assert_eq!(client.failure(), (!is_said).then_some(failure), "{name}");
        let said = [message(START, name.as_bytes()), message(COMPLETE, b"")].concat();
        assert_eq!(client.take(), if is_said { said } else { Vec::new() });
    }
}

//= test SRS_THRIFT_SASL_01_006, SRS_THRIFT_SASL_01_010, SRS_THRIFT_SASL_01_016
#[test]
fn a_server_runs_the_mechanism_of_the_name() {
    for kind in Kind::ALL {
        let all = Kind::ALL.into_iter().map(Kind::server).collect();
        let mut server = open(server_with(all, server_config(Protection::None)));
        let mut client = open(crate::rig::client_side(kind));
        crate::rig::converse(&mut client, &mut server, usize::MAX);
        assert_eq!(opened(&server), [OpenResult::Ok]);
        let established = server.channel.layers().unwrap().upper().established().unwrap();
        assert_eq!(established.mechanism(), kind.name());
    }
}

//= test SRS_THRIFT_SASL_50_022
#[test]
fn a_server_without_a_mechanism_refuses_all_names() {
    for kind in Kind::ALL {
        let mut server = open(server_with(Vec::new(), server_config(Protection::None)));
        server.feed(&message(START, kind.name().as_bytes()));
        assert_eq!(server.take(), message(BAD, b"mechanism not accepted"));
    }
}

/// The name may end in the same segment as the response begins, or not.
//= test SRS_THRIFT_SASL_01_010
#[test]
fn start_alone_is_not_answered() {
    let mut server = open(server_side(Kind::Anonymous));
    server.feed(&message(START, b"ANONYMOUS"));
    answer_all(&mut server);
    assert_eq!((server.take(), opened(&server)), (Vec::new(), Vec::new()));
    server.feed(&message(COMPLETE, b"trace"));
    answer_all(&mut server);
    assert_eq!(server.take(), message(COMPLETE, b""));
    assert_eq!(opened(&server), [OpenResult::Ok]);
}

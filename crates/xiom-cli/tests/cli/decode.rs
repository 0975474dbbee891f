//! `xiom decode`: recorded octets of both protocols, whole, cut, broken and secret.

use serde_json::json;

use crate::support::{Files, PASSWORD, Ran, run, run_on};

/// A client's side: START, the initial response, two frames.
const CLIENT: &[u8] = b"\x01\x00\x00\x00\x05PLAIN\x05\x00\x00\x00\x15\x00guest\x00swordfish-4711\
    \x00\x00\x00\x05hello\x00\x00\x00\x00";
/// A server's side: a challenge, BAD with a text.
const SERVER: &[u8] = b"\x02\x00\x00\x00\x03abc\x03\x00\x00\x00\x15authentication failed";
/// SASL header, mechanisms, init, outcome, AMQP header, open with a container, transfer with a payload, heartbeat.
const AMQP: &[u8] = b"AMQP\x03\x01\x00\x00\
    \x00\x00\x00\x18\x02\x01\x00\x00\x00\x53\x40\xc0\x0b\x01\xe0\x08\x01\xa3\x05PLAIN\
    \x00\x00\x00\x2c\x02\x01\x00\x00\x00\x53\x41\xc0\x1f\x02\xa3\x05PLAIN\xa0\x15\x00guest\x00swordfish-4711\
    \x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xc0\x03\x01\x50\x00\
    AMQP\x00\x01\x00\x00\
    \x00\x00\x00\x1b\x02\x00\x00\x00\x00\x53\x10\xc0\x0e\x01\xa1\x0bswordfish-c\
    \x00\x00\x00\x1d\x02\x00\x00\x07\x00\x53\x14\xc0\x02\x01\x43swordfish-4711\
    \x00\x00\x00\x08\x02\x00\x00\x00";

/// Decodes `octets` from a file.
fn decode(octets: &[u8], more: &[&str]) -> Ran {
    let files = Files::new();
    std::fs::write(files.path("capture.bin"), octets).unwrap();
    let path = files.argument("capture.bin");
    let ran = run(&[&["decode", &path], more].concat());
    ran.assert_silent_about(PASSWORD);
    ran.assert_silent_about("swordfish");
    ran
}

/// The lines about units, without offsets and lengths apart from one space.
fn lines(ran: &Ran) -> Vec<String> {
    let lines = ran.out.lines().skip_while(|line| !line.contains("offset")).skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |text, octet| text + &format!("{octet:02x} "))
}

#[test]
fn a_negotiation_of_thrift_is_told_message_by_message_and_then_its_frames() {
    let ran = decode(CLIENT, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let expected = [
        "0 10 START mechanism=PLAIN",
        "10 26 COMPLETE payload=[21 octets]",
        "36 9 frame data=[5 octets]",
        "45 4 frame data=[0 octets]",
    ];
    assert_eq!(lines(&ran), expected);
    assert!(ran.out.contains("thrift, 49 octets") && ran.out.contains("all 4 are well formed"));
    ran.assert_silent_about("hello");
    ran.assert_silent_about("\u{1b}");

    let ran = decode(SERVER, &[]);
    assert_eq!(
        lines(&ran),
        ["0 8 OK payload=[3 octets]", "8 26 BAD text=\"authentication failed\""]
    );
}

#[test]
fn a_connection_of_amqp_is_told_from_the_first_header_to_the_last_frame() {
    let ran = decode(AMQP, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let expected = [
        "0 8 header protocol=\"AMQP SASL\" version=1.0.0",
        "8 24 sasl-mechanisms sasl-server-mechanisms=PLAIN",
        "32 44 sasl-init mechanism=PLAIN initial-response=[21 octets]",
        "76 16 sasl-outcome code=ok",
        "92 8 header protocol=AMQP version=1.0.0",
        "100 27 open channel=0",
        "127 29 transfer channel=7 payload=[14 octets]",
        "156 8 heartbeat channel=0",
    ];
    assert_eq!(lines(&ran), expected);
}

#[test]
fn programs_get_one_document_of_one_shape() {
    let ran = decode(&AMQP[..76], &["--json"]);
    let document = ran.json();
    assert_eq!((ran.code, &document["ok"]), (0, &json!(true)));
    let keys: Vec<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["count", "incomplete_octets", "malformed", "octets", "ok", "protocol", "units"];
    assert_eq!(keys, expected);
    let init = json!({
        "offset": 32, "length": 44, "kind": "sasl", "name": "sasl-init",
        "fields": [
            { "name": "mechanism", "value": "PLAIN" },
            { "name": "initial-response", "value": "[21 octets]" },
        ],
        "error": null, "message": null,
    });
    assert_eq!(document["units"][2], init);
}

#[test]
fn what_is_malformed_is_told_with_its_offset_and_what_follows_is_read() {
    // A performative that does not exist, in the middle.
    let bad: &[u8] = b"\x00\x00\x00\x0c\x02\x01\x00\x00\x00\x53\x99\x45";
    let octets = [&AMQP[..32], bad, &AMQP[32..]].concat();
    let ran = decode(&octets, &["--json"]);
    let (document, unit) = (ran.json(), &ran.json()["units"][2]);
    assert_eq!((ran.code, &document["malformed"]), (1, &json!(1)));
    assert_eq!(
        (&unit["kind"], &unit["offset"], &unit["length"]),
        (&json!("malformed"), &json!(32), &json!(12))
    );
    assert_eq!(unit["error"], "UnknownDescriptor { code: Some(153) }");
    assert_eq!(document["units"].as_array().unwrap().len(), 9);
    assert!(decode(&octets, &[]).out.contains("1 of 9 are malformed"));

    // The same with the name of a mechanism.
    let ran = decode(b"\x01\x00\x00\x00\x05plain\x05\x00\x00\x00\x00", &["--json"]);
    let units = &ran.json()["units"];
    assert_eq!((ran.code, &units[0]["error"]), (1, &json!("MechanismName")));
    assert_eq!((&units[1]["offset"], &units[1]["name"]), (&json!(10), &json!("COMPLETE")));

    // A packet of a security layer after the outcome is none of AMQP, and may be in order all the same.
    let octets = [&AMQP[..92], b"\x00\x00\x00\x14\x60swordfish-4711swordf"].concat();
    let last = &decode(&octets, &["--json"]).json()["units"][4];
    assert_eq!(last["error"], "DataOffset { doff: 96, size: 20 }");
    assert!(last["message"].as_str().unwrap().contains("perhaps a security layer"), "{last}");

    // Where no length says where to go on, it ends.
    let octets = [CLIENT, b"\x09swordfish"].concat();
    let ran = decode(&octets, &["--json"]);
    let last = &ran.json()["units"][4];
    assert_eq!((&last["offset"], &last["length"]), (&json!(49), &json!(10)));
    assert_eq!(last["error"], "UnknownStatus(9)");
}

#[test]
fn an_end_that_is_missing_is_told() {
    for (octets, missing, told) in [(CLIENT, 9, 4), (AMQP, 3, 5), (AMQP, 10, 27)] {
        let ran = decode(&octets[..octets.len() - missing], &["--json"]);
        let document = ran.json();
        let last = document["units"].as_array().unwrap().last().unwrap();
        assert_eq!((ran.code, &document["incomplete_octets"]), (1, &json!(told)), "{last}");
        assert_eq!((&last["kind"], &document["malformed"]), (&json!("incomplete"), &json!(0)));
        assert!(last["error"].as_str().unwrap().starts_with("Incomplete"), "{last}");
    }
    let ran = decode(&CLIENT[..20], &[]);
    assert!(ran.out.contains("the end is missing"), "{}", ran.out);
    assert!(ran.out.contains("at least 16 more octets are to come"), "{}", ran.out);
}

#[test]
fn many_units_are_told_as_well_as_few() {
    let octets = vec![0; 4 * 20_000];
    let ran = decode(&octets, &["--protocol", "thrift"]);
    assert_eq!((ran.code, lines(&ran).len()), (0, 20_000));
    let ran = decode(&octets, &["--protocol", "thrift", "--json"]);
    let document = ran.json();
    assert_eq!(document["units"].as_array().unwrap().len(), 20_000);
    assert_eq!(
        (&document["count"], &document["units"][19_999]["offset"]),
        (&json!(20_000), &json!(79_996))
    );
}

#[test]
fn octets_come_as_digits_and_from_the_standard_input() {
    let digits = hex(CLIENT).replace("05 ", "05\n");
    let ran = run_on(&["decode", "--hex", "--json"], &digits);
    assert_eq!((ran.code, &ran.json()["octets"]), (0, &json!(CLIENT.len())), "{}", ran.err);
    ran.assert_silent_about("swordfish");
    for (text, told) in [("0g", "octet 1 of the text"), ("012", "odd"), ("  ", "nothing")] {
        let ran = run_on(&["decode", "--hex"], text);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}

#[test]
fn what_is_spoken_is_guessed_or_said() {
    let protocol = |octets: &[u8], more: &[&str]| {
        let ran = decode(octets, &[&["--json"], more].concat());
        ran.json()["protocol"].as_str().unwrap().to_owned()
    };
    assert_eq!(protocol(CLIENT, &[]), "thrift");
    assert_eq!(protocol(&CLIENT[36..], &[]), "thrift");
    assert_eq!(protocol(AMQP, &[]), "amqp");
    assert_eq!(protocol(&AMQP[8..], &[]), "amqp");
    assert_eq!(protocol(&AMQP[8..], &["--protocol", "thrift"]), "thrift");
    for (octets, told) in [(&b"\x16\x03\x01\x02\x00"[..], "tls"), (b"HTTP/1.1 200", "--protocol")] {
        let ran = decode(octets, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(told), "{}", ran.err);
    }
    let ran = decode(b"AMQP\x02\x01\x00\x00\x16\x03\x01\x00\x05swordfish-4711", &["--json"]);
    let units = &ran.json()["units"];
    assert_eq!((ran.code, &units[1]["kind"], &units[1]["length"]), (0, &json!("tls"), &json!(19)));
}

#[test]
fn no_octets_that_are_wrong_show_a_secret_or_control_a_terminal() {
    let text = b"\x03\x00\x00\x00\x0aa\x1b[31mb\xffc\x07";
    let ran = decode(text, &[]);
    assert!(ran.out.contains("text=a\\u{1b}[31mb\u{fffd}c\\u{7}"), "{}", ran.out);
    ran.assert_silent_about("\u{1b}");
    // The response of PLAIN, said to be a text.
    let octets = [&CLIENT[..10], b"\x03", &CLIENT[11..36]].concat();
    assert_eq!(lines(&decode(&octets, &[]))[1], "10 26 BAD payload=[21 octets]");
    // Wherever the octets are damaged, what they hold is not shown.
    for (octets, protocol) in [(CLIENT, "thrift"), (&AMQP[..92], "amqp")] {
        for index in (0..octets.len()).step_by(7) {
            let mut damaged = octets.to_vec();
            damaged[index] ^= 0x40;
            let ran = decode(&damaged, &["--protocol", protocol]);
            assert!(ran.code == 0 || ran.code == 1, "{}", ran.err);
        }
    }
}

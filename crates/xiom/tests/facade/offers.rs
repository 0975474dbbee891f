//! What a server offers is what its users have, and each of it lets the right ones in.

use xiom::core::{Cause, OutcomeCode, SaslFault};
use xiom::sasl::scram::Hash;
use xiom::sasl::{Credentials, Identity, Policy};
use xiom::{Client, Login, Server, UserTable};

use crate::users::{client, lax, password, visit};

const REFUSED: Cause = Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth));

fn users(hashes: &[Hash]) -> UserTable {
    let mut users = UserTable::new();
    users.add("ann", "pencil", hashes, 4096).unwrap();
    users
}

/// What `server` offers on a channel without TLS, as a client's report shows it.
fn offered(server: &Server) -> Vec<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (mut near, far) = tokio::io::duplex(4096);
        let asked = async {
            near.write_all(b"AMQP\x03\x01\x00\x00").await.unwrap();
            let (mut header, mut size) = ([0; 8], [0; 4]);
            near.read_exact(&mut header).await.unwrap();
            near.read_exact(&mut size).await.unwrap();
            let mut frame = vec![0; usize::try_from(u32::from_be_bytes(size)).unwrap() - 4];
            near.read_exact(&mut frame).await.unwrap();
            let frame = [&size[..], &frame].concat();
            let (_, frame) = xiom_amqp_codec::Performative::decode_frame(&frame, 512).unwrap();
            let xiom_amqp_codec::Performative::Mechanisms(offer) = frame else { panic!() };
            offer.iter().map(str::to_owned).collect()
        };
        tokio::select! {
            names = asked => names,
            ended = server.accept(far) => panic!("{:?}", ended.map(drop)),
        }
    })
}

//= test SRS_SASL_MECHANISMS_01_140
#[test]
fn each_mechanism_is_offered_only_when_users_have_it() {
    let build = |users: UserTable| lax(users).build().unwrap();
    let only_512 = build(users(&[Hash::Sha512]));
    assert_eq!(offered(&only_512), ["SCRAM-SHA-512", "PLAIN"]);
    let all = build(users(&[Hash::Sha1, Hash::Sha256, Hash::Sha512]).with_anonymous());
    let names = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "ANONYMOUS"];
    assert_eq!(offered(&all), names);
    let nobody = build(UserTable::new().with_anonymous());
    assert_eq!(offered(&nobody), ["ANONYMOUS"]);
    let mut gone = users(&[Hash::Sha512]).with("bob", "tiger").unwrap();
    assert!(gone.remove("ann") && !gone.remove("ann"));
    assert_eq!(offered(&build(gone)), ["SCRAM-SHA-256", "PLAIN"]);
    let tokens = lax(crate::stores::Tokens).build().unwrap();
    assert_eq!(offered(&tokens), ["OAUTHBEARER", "XOAUTH2"]);
}

//= test SRS_SASL_MECHANISMS_01_141
#[test]
fn mssbcbs_is_offered_only_when_asked_for_and_only_where_nobody_in_particular_may_come_in() {
    let anonymous = || UserTable::new().with_anonymous();
    assert_eq!(offered(&lax(anonymous()).build().unwrap()), ["ANONYMOUS"]);
    assert_eq!(offered(&lax(anonymous()).cbs().build().unwrap()), ["ANONYMOUS", "MSSBCBS"]);
    let named = lax(anonymous()).only_mechanisms(["mssbcbs"]).build().unwrap();
    assert_eq!(offered(&named), ["MSSBCBS"]);
    let strict = lax(users(&[Hash::Sha256])).cbs().build().unwrap();
    assert_eq!(offered(&strict), ["SCRAM-SHA-256", "PLAIN"]);
}

#[tokio::test]
async fn every_login_finds_its_mechanism() {
    let all = users(&[Hash::Sha1, Hash::Sha256, Hash::Sha512]).with_anonymous();
    let server = lax(all).cbs().build().unwrap();
    for mechanism in ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] {
        let client = client(password("ann", "pencil"), &[mechanism]).build().unwrap();
        let visit = visit(&server, &client).await;
        assert_eq!((visit.mechanism(), visit.acts_as()), (mechanism, Some("ann")));
    }
    let strongest = client(password("ann", "pencil"), &[]).build().unwrap();
    assert_eq!(visit(&server, &strongest).await.mechanism(), "SCRAM-SHA-512");
    let cbs = visit(&server, &client(Login::Cbs, &[]).build().unwrap()).await;
    assert_eq!((cbs.mechanism(), cbs.acts_as()), ("MSSBCBS", None));

    let server = lax(crate::stores::Tokens).build().unwrap();
    for (mechanism, user) in [("OAUTHBEARER", None), ("XOAUTH2", Some("ann".to_owned()))] {
        let token = |token: &str| Login::Token { token: token.into(), user: user.clone() };
        let good = client(token("good"), &[mechanism]).build().unwrap();
        let good = visit(&server, &good).await;
        assert_eq!((good.mechanism(), good.acts_as()), (mechanism, Some("ann")));
        assert_eq!(good.server.unwrap().0.identity, Identity::Bearer("ann".into()));
        let bad = client(token("forged"), &[mechanism]).build().unwrap();
        assert_eq!(visit(&server, &bad).await.client_cause(), REFUSED);
    }
    let other = Login::Token { token: "good".into(), user: Some("bob".to_owned()) };
    let other = visit(&server, &client(other, &[]).build().unwrap()).await;
    assert_eq!(other.client_cause(), REFUSED);
}

//= test SRS_SASL_MECHANISMS_01_147
#[tokio::test]
async fn plain_judges_a_password_by_keys_of_whatever_hash() {
    for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha512] {
        let server = lax(users(&[hash])).build().unwrap();
        let right = client(password("ann", "pencil"), &["PLAIN"]).build().unwrap();
        assert_eq!(visit(&server, &right).await.acts_as(), Some("ann"), "{hash:?}");
        for (user, word) in [("ann", "pencils"), ("bob", "pencil")] {
            let wrong = client(password(user, word), &["PLAIN"]).build().unwrap();
            assert_eq!(visit(&server, &wrong).await.client_cause(), REFUSED, "{user}");
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_145
#[tokio::test]
async fn everybody_acts_as_itself_alone_unless_told_otherwise() {
    let users = users(&[Hash::Sha256]).with("bob", "tiger").unwrap().with_act_as("ann", "stock");
    let server = lax(users).build().unwrap();
    let cases = [
        ("ann", "pencil", "ann", true),
        ("ann", "pencil", "stock", true),
        ("ann", "pencil", "bob", false),
        ("bob", "tiger", "bob", true),
        ("bob", "tiger", "stock", false),
        ("bob", "tiger", "ann", false),
    ];
    for mechanism in ["SCRAM-SHA-256", "PLAIN"] {
        for (user, word, other, is_in) in cases {
            let login = Login::Password(Credentials::new(user, word).with_authzid(other));
            let visit = visit(&server, &client(login, &[mechanism]).build().unwrap()).await;
            assert_eq!(visit.client.is_ok(), is_in, "{user} as {other}");
            if is_in {
                assert_eq!(visit.acts_as(), Some(other));
            } else {
                assert_eq!(visit.client_cause(), REFUSED);
            }
        }
    }
}

#[test]
fn demands_of_a_builder_are_those_of_its_policy() {
    let server = |policy| lax(users(&[Hash::Sha256])).policy(policy).build().unwrap();
    let strict = lax(users(&[Hash::Sha256])).require_mutual().build().unwrap();
    assert_eq!(offered(&strict), ["SCRAM-SHA-256"]);
    let plain = Policy { allow_cleartext: true, ..Policy::default() };
    assert_eq!(offered(&server(plain)), ["SCRAM-SHA-256", "PLAIN"]);

    let client = Client::builder("amqps://ann:pencil@localhost").unwrap();
    let client = client.require_binding().require_mutual();
    let client = client.require_layer(xiom::sasl::Protection::Integrity).build().unwrap();
    let Policy { require_binding, require_mutual, require_layer, .. } = client.sasl().policy;
    assert!(require_binding && require_mutual);
    assert_eq!(require_layer, xiom::sasl::Protection::Integrity);
}

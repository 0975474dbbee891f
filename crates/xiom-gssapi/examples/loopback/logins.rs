//! Who logs in, by which tickets, and what is said when nobody can.

use xiom_gssapi::{Error, Reason, Status};
use xiom_sasl::gss::{GssContext, GssFlags};
use xiom_sasl::{Identity, PeerProof};

use super::*;

pub(crate) fn run(realm: &Realm) -> Result<()> {
    identities(realm)?;
    flags(realm)?;
    keytab(realm)?;
    refusals(realm)?;
    other_thread(realm)
}

fn identities(realm: &Realm) -> Result<()> {
    for protection in EACH {
        for authzid in [None, Some("root")] {
            let context = realm.user().prepare(&realm.library)?;
            let client = client::Gssapi::new(context, authzid)?;
            let (client, server) = exchange(client, realm.server(), protection, [1 << 16; 2])?;
            for end in [&client, &server] {
                ensure!(end.principal().identity == Identity::Kerberos(USER.into()), "{end:?}");
                ensure!(end.principal().authzid.as_deref() == authzid);
                ensure!(end.peer() == PeerProof::Verified && end.protection() == protection);
            }
            println!("ok: {USER} as {authzid:?}, {protection:?}");
        }
    }
    Ok(())
}

fn flags(realm: &Realm) -> Result<()> {
    let (mut client, mut server) = (realm.user().prepare(&realm.library)?, realm.service.context());
    let (mut first, mut second, mut third) = (Vec::new(), Vec::new(), Vec::new());
    ensure!(!client.step(b"", &mut first)?);
    ensure!(server.step(&first, &mut second)?);
    ensure!(client.step(&second, &mut third)? && third.is_empty());
    ensure!(client.flags() == GssFlags::ASKED, "{:?}", client.flags());
    ensure!(server.flags() == GssFlags::ASKED, "{:?}", server.flags());
    println!(
        "ok: mutual, and neither delegated nor anonymous; {} octets in the first token",
        first.len()
    );
    // The same token again is known to the machine.
    let mut replayed = realm.service.context();
    let fault = replayed.step(&first, &mut Vec::new());
    ensure!(fault.is_err(), "a replayed token was taken");
    println!("ok: the first token works once: {fault:?}");
    Ok(())
}

fn keytab(realm: &Realm) -> Result<()> {
    let initiator = Initiator::new("amqp", "localhost")
        .principal(USER)
        .cache("MEMORY:xiom-loopback")
        .keytab(&realm.place("client.keytab"));
    let client = client::Gssapi::new(initiator.prepare(&realm.library)?, None)?;
    let (_, server) = exchange(client, realm.server(), Protection::None, [0; 2])?;
    ensure!(server.principal().acts_as() == Some(USER));
    println!("ok: tickets by the user's keytab");
    Ok(())
}

fn refusals(realm: &Realm) -> Result<()> {
    let user = || Initiator::new("amqp", "localhost");
    let cases = [
        (user().cache(&realm.place("nothing")), Reason::NoCredentials),
        (realm.user().principal("other@XIOM.TEST"), Reason::NoCredentials),
        (Initiator::new("smtp", "localhost").cache(&realm.place("ccache")), Reason::UnknownService),
    ];
    for (initiator, reason) in cases {
        let status = refused(initiator.prepare(&realm.library))?;
        ensure!(status.reason() == reason, "{:?}, not {reason:?}: {status}", status.reason());
        println!("ok: {reason:?}: {status}");
    }
    let nobody = user().principal("nobody@XIOM.TEST").cache("MEMORY:nobody");
    let nobody = nobody.keytab(&realm.place("client.keytab"));
    println!("ok: {}", refused(nobody.prepare(&realm.library))?);
    let missing = Acceptor::new().service("amqp", "localhost").keytab(&realm.place("nothing"));
    println!("ok: {}", refused(missing.acquire(&realm.library))?);
    let other = Acceptor::new().service("smtp", "localhost").keytab(&realm.place("service.keytab"));
    println!("ok: {}", refused(other.acquire(&realm.library))?);
    Ok(())
}

fn refused<T>(result: Result<T, Error>) -> Result<Status> {
    match result {
        Err(Error::Refused(status)) if !status.to_string().is_empty() => Ok(status),
        Err(error) => Err(error.into()),
        Ok(_) => bail!("that should not have worked"),
    }
}

/// A context moves to the thread of its connection.
fn other_thread(realm: &Realm) -> Result<()> {
    let (client, server) = (realm.client()?, realm.server());
    let thread = std::thread::spawn(move || {
        exchange(client, server, Protection::Confidentiality, [1 << 16; 2]).map(drop)
    });
    thread.join().ok().context("the thread ended badly")??;
    println!("ok: in another thread");
    Ok(())
}

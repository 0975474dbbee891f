//! What does not get through: changed, repeated and readable tokens, and tokens for somebody else.

use xiom_core::{AuthFault, LayerFault, WireBuf};
use xiom_sasl::SecurityLayer;
use xiom_sasl::gss::GssContext;

use super::*;

pub(crate) fn run(realm: &Realm) -> Result<()> {
    for protection in [Protection::Integrity, Protection::Confidentiality] {
        tokens(realm, protection)?;
    }
    readable(realm)?;
    foreign(realm)?;
    garbage(realm)
}

fn tokens(realm: &Realm, protection: Protection) -> Result<()> {
    let expect = |what: &str, fault: LayerFault, order: &[usize], flip: Option<usize>| {
        let (mut client, mut server) = realm.layered(protection, [1 << 16; 2])?;
        let mut client = client.take_layer().context("no layer")?;
        let mut server = server.take_layer().context("no layer")?;
        let mut said = Vec::new();
        for text in ["one", "two", "three"] {
            let mut wire = WireBuf::default();
            client.wrap(text.as_bytes(), &mut wire)?;
            said.push(wire.pending().to_vec());
        }
        let mut result = Ok(0..0);
        for index in order {
            ensure!(result.is_ok(), "{what}: too early");
            let mut token = said.get(*index).context("no such token")?.clone();
            if let Some(octet) = flip.and_then(|at| token.get_mut(at)) {
                *octet ^= 1;
            }
            result = server.unwrap(&mut token);
        }
        ensure!(result == Err(fault), "{what}: {result:?}");
        let next = server.unwrap(&mut said.swap_remove(0));
        ensure!(
            next == Err(LayerFault::Poisoned) && server.wrap(b"", &mut WireBuf::default()).is_err()
        );
        println!("ok: {protection:?}, {what}: {fault}");
        Ok(())
    };
    expect("a token twice", LayerFault::OutOfSequence, &[0, 0], None)?;
    expect("a token left out", LayerFault::OutOfSequence, &[0, 2], None)?;
    expect("tokens swapped", LayerFault::OutOfSequence, &[1], None)?;
    expect("a token changed", LayerFault::BadMac, &[0], Some(20))?;
    expect("a token of another kind", LayerFault::Malformed, &[0], Some(0))
}

/// A client that negotiates confidentiality and then says something in clear.
fn readable(realm: &Realm) -> Result<()> {
    let (security, limits) = (Security::default(), Limits::default());
    let layers =
        LayerRange { least: Protection::Confidentiality, most: Protection::Confidentiality };
    let cx = Consulted::new(&security, &limits).with_layers(layers);
    let mut context = realm.user().prepare(&realm.library)?;
    let (mut message, mut out) = (Vec::new(), Vec::new());
    context.step(b"", &mut message)?;
    let step = realm.server().step(&cx, ServerInput::Initial(Some(&message)), &mut out);
    let ServerStep::Challenge(server) = step else { bail!("{step:?}") };
    context.step(&out, &mut Vec::new())?;
    out.clear();
    let ServerStep::Challenge(server) = server.step(&cx, ServerInput::Response(b""), &mut out)
    else {
        bail!("no offer")
    };
    ensure!(!context.unwrap(&mut out)?.confidential);
    let mut wire = WireBuf::default();
    ensure!(!context.wrap(false, &[4, 1, 0, 0], &mut wire)?);
    let step = server.step(&cx, ServerInput::Response(wire.pending()), &mut Vec::new());
    let ServerStep::Authorize(server, _) = step else { bail!("{step:?}") };
    let step = server.step(&cx, ServerInput::Authorized(true), &mut Vec::new());
    let ServerStep::Success { mut established, .. } = step else { bail!("{step:?}") };
    let mut layer = established.take_layer().context("no layer")?;
    let mut wire = WireBuf::default();
    ensure!(!context.wrap(false, b"secret", &mut wire)?);
    let fault = layer.unwrap(wire.pending_mut());
    ensure!(fault == Err(LayerFault::NotConfidential), "{fault:?}");
    println!("ok: a readable token on a confidential layer is refused");
    Ok(())
}

/// A token for another service.
fn foreign(realm: &Realm) -> Result<()> {
    let initiator = Initiator::new("hive", "localhost").cache(&realm.place("ccache"));
    let client = client::Gssapi::new(initiator.prepare(&realm.library)?, None)?;
    let end = exchange(client, realm.server(), Protection::None, [0; 2]);
    let fault = end.err().context("a token for hive was taken")?.downcast::<AuthFault>()?;
    let AuthFault::Gss { major, minor } = fault else { bail!("{fault:?}") };
    println!("ok: a token for another service: {}", realm.library.describe(major, minor));
    let hive = Acceptor::new().service("hive", "localhost").keytab(&realm.place("hive.keytab"));
    let server = server::Gssapi::new(hive.acquire(&realm.library)?.context());
    let client = client::Gssapi::new(initiator.prepare(&realm.library)?, None)?;
    exchange(client, server, Protection::Integrity, [1 << 16; 2])?;
    println!("ok: the same for the right one");
    Ok(())
}

/// Prefixes of a token, and octets of it changed: no prefix completes, and no change makes another user.
///
/// Kerberos leaves some bits of a token unprotected, such as reserved options.
fn garbage(realm: &Realm) -> Result<()> {
    let mut context = realm.user().prepare(&realm.library)?;
    let mut token = Vec::new();
    context.step(b"", &mut token)?;
    let mut survived = 0;
    for index in 0..token.len() {
        let prefix = token.get(..index).context("beyond the token")?;
        let step = realm.service.context().step(prefix, &mut Vec::new());
        ensure!(!matches!(step, Ok(true)), "{index} octets: {step:?}");
        let mut changed = token.clone();
        *changed.get_mut(index).context("beyond the token")? ^= 0x10;
        let mut server = realm.service.context();
        if matches!(server.step(&changed, &mut Vec::new()), Ok(true)) {
            ensure!(server.initiator().as_deref() == Some(USER), "octet {index}");
            survived += 1;
        }
    }
    ensure!(survived <= 1, "the token worked {survived} times");
    println!(
        "ok: of twice {} spoilt tokens, {survived} leads to the user, none to anybody else",
        token.len()
    );
    Ok(())
}

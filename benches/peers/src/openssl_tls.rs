//! The system's OpenSSL, in memory and over blocking sockets.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use openssl::pkey::PKey;
use openssl::ssl::{
    ErrorCode, Ssl, SslContext, SslMethod, SslMode, SslSessionCacheMode, SslStream, SslVerifyMode,
    SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use xiom_benches::consumer::Consumer;
use xiom_benches::contest::Rival;
use xiom_benches::cpu::Moment;
use xiom_benches::material::{Material, NAME};
use xiom_benches::rows::loopback;
use xiom_benches::thrift::live::octets;

use crate::pipe::{End, pipe};

/// The same certificate, version and suite as the others have; no tickets.
struct Contexts {
    client: SslContext,
    server: SslContext,
}

impl Contexts {
    /// With the library's own choice of groups, as octets do not depend on it.
    fn new(material: &Material) -> Result<Self> {
        Self::with_groups(material, None)
    }

    fn with_groups(material: &Material, groups: Option<&str>) -> Result<Self> {
        let certificate = X509::from_pem(material.root().as_bytes())?;
        let suites = suites(material)?;
        let mut server = SslContext::builder(SslMethod::tls_server())?;
        server.set_certificate(&certificate)?;
        server.set_private_key(&*PKey::private_key_from_pem(material.key().as_bytes())?)?;
        server.set_num_tickets(0)?;
        let mut client = SslContext::builder(SslMethod::tls_client())?;
        let mut store = X509StoreBuilder::new()?;
        store.add_cert(certificate)?;
        client.set_cert_store(store.build());
        client.set_verify(SslVerifyMode::PEER);
        for context in [&mut server, &mut client] {
            context.set_min_proto_version(Some(SslVersion::TLS1_3))?;
            context.set_ciphersuites(suites)?;
            context.set_session_cache_mode(SslSessionCacheMode::OFF);
            context.set_mode(SslMode::AUTO_RETRY);
            if let Some(groups) = groups {
                context
                    .set_groups_list(groups)
                    .ok()
                    .with_context(|| format!("it has no {groups}"))?;
            }
        }
        Ok(Self { client: client.build(), server: server.build() })
    }

    fn client(&self) -> Result<Ssl> {
        let mut ssl = Ssl::new(&self.client)?;
        ssl.set_hostname(NAME)?;
        ssl.param_mut().set_host(NAME)?;
        Ok(ssl)
    }
}

/// The suite by the name that OpenSSL has for it.
fn suites(material: &Material) -> Result<&'static str> {
    Ok(match material.suite().context("no suite")? {
        rustls::CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        rustls::CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        rustls::CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        other => bail!("{other:?} is not compared"),
    })
}

/// Both ends over a pipe in memory.
struct Pair {
    client: SslStream<End>,
    server: SslStream<End>,
    room: Vec<u8>,
}

impl Pair {
    fn open(contexts: &Contexts) -> Result<Self> {
        let (up, down) = pipe();
        let mut client = SslStream::new(contexts.client()?, up)?;
        let mut server = SslStream::new(Ssl::new(&contexts.server)?, down)?;
        loop {
            let is_client = is_done(client.connect())?;
            if is_done(server.accept())? && is_client {
                return Ok(Self { client, server, room: vec![0; 64 << 10] });
            }
        }
    }

    fn send(&mut self, message: &[u8], consumer: &mut Consumer) -> Result<()> {
        self.client.write_all(message)?;
        let before = consumer.octets();
        loop {
            match self.server.read(&mut self.room) {
                Ok(count) => consumer.take(self.room.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        ensure!(consumer.octets() - before == message.len(), "octets are missing");
        Ok(())
    }
}

fn is_done(step: Result<(), openssl::ssl::Error>) -> Result<bool> {
    match step {
        Ok(()) => Ok(true),
        Err(error) if error.code() == ErrorCode::WANT_READ => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn memory<'a>(material: &Material, message: &'a [u8]) -> Result<Rival<'a>> {
    let mut pair = Pair::open(&Contexts::new(material)?)?;
    let mut consumer = Consumer::looking();
    Ok(Rival::messages("OpenSSL", message.len(), move |count| {
        (0..count).try_for_each(|_| pair.send(message, &mut consumer))
    }))
}

pub(crate) fn shake<'a>(material: &Material) -> Result<Rival<'a>> {
    // Both libraries have the same names for groups.
    let group = format!("{:?}", material.group().context("no group")?);
    let contexts = Contexts::with_groups(material, Some(&group))?;
    Ok(Rival::messages("OpenSSL", 0, move |count| {
        (0..count).try_for_each(|_| Pair::open(&contexts).map(drop))
    }))
}

pub(crate) fn loopback<'a>(material: &Material, message: &'a [u8]) -> Result<Rival<'a>> {
    let contexts = Contexts::new(material)?;
    Ok(loopback::rival("OpenSSL", message.len(), move |count| send(&contexts, message, count)))
}

fn send(contexts: &Contexts, message: &[u8], count: u32) -> Result<Duration> {
    let (listener, address) = loopback::listen()?;
    let (server, expected) = (Ssl::new(&contexts.server)?, octets(message, count));
    let reader = thread::spawn(move || -> Result<Duration> {
        let mut stream = SslStream::new(server, listener.accept()?.0)?;
        stream.accept()?;
        let (start, mut got, mut room) = (Moment::now(), 0, vec![0; 64 << 10]);
        while got < expected {
            let length = stream.read(&mut room)?;
            ensure!(length != 0, "the client has gone");
            got += length;
        }
        Ok(start.elapsed())
    });
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut stream = SslStream::new(contexts.client()?, socket)?;
    stream.connect()?;
    let start = Moment::now();
    for _ in 0..count {
        stream.write_all(message)?;
    }
    loopback::joined(start.elapsed(), reader)
}

//! `fe2o3-amqp` and the `serde_amqp` below it: frames, values, logins in memory and over loopback.
//!
//! A login is what its own connection does for SASL, and ends there: no Open, no Close.

use std::hint::black_box;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use anyhow::{Context as _, Result, anyhow};
use bytes::BytesMut;
use fe2o3_amqp::connection::Connection;
use fe2o3_amqp::frames::sasl::{Frame, FrameCodec};
use fe2o3_amqp::sasl_profile::{SaslProfile, SaslScramSha256};
use fe2o3_amqp::transport::Transport;
use fe2o3_amqp::transport::protocol_header::ProtocolHeaderCodec;
use fe2o3_amqp_types::sasl::{SaslChallenge, SaslCode, SaslInit, SaslMechanisms, SaslOutcome};
use serde_amqp::Value;
use serde_amqp::primitives::{Array, Binary, Symbol};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::codec::{
    Decoder as _, Encoder as _, FramedRead, FramedWrite, LengthDelimitedCodec,
};
use xiom_benches::contest::Rival;
use xiom_benches::material::ADDRESS;
use xiom_benches::rows::codec::{Case, EIGHT, ONE};
use xiom_benches::rows::{connect, loopback};

/// The case, if there is such a thing here.
pub(crate) fn codec<'a>(case: &Case<'_>) -> Option<Result<Rival<'a>>> {
    let octets = case.octets.to_vec();
    let is_value = ["map 32", "list 1000", "binary 64 KiB"].contains(&case.name);
    match (case.group, is_value) {
        ("decode", true) => Some(decode_value(octets)),
        ("encode", true) => Some(encode_value(&octets)),
        ("decode", false) => Some(decode_frame(octets)),
        ("encode", false) => Some(encode_frame(case.name)),
        _ => None,
    }
}

fn decode_value<'a>(octets: Vec<u8>) -> Result<Rival<'a>> {
    serde_amqp::from_slice::<Value>(&octets)?;
    Ok(Rival::operation("serde_amqp", move || {
        serde_amqp::from_slice::<Value>(black_box(&octets)).is_ok()
    }))
}

fn encode_value<'a>(octets: &[u8]) -> Result<Rival<'a>> {
    let value: Value = serde_amqp::from_slice(octets)?;
    serde_amqp::to_vec(&value)?;
    Ok(Rival::operation("serde_amqp", move || serde_amqp::to_vec(black_box(&value))))
}

/// As its transport frames SASL.
fn lengths() -> LengthDelimitedCodec {
    let mut builder = LengthDelimitedCodec::builder();
    builder.big_endian().length_field_length(4).max_frame_length(512).length_adjustment(-4);
    builder.new_codec()
}

fn decode_frame<'a>(octets: Vec<u8>) -> Result<Rival<'a>> {
    let (mut lengths, mut source) = (lengths(), BytesMut::with_capacity(1 << 12));
    let mut decode = move || -> Result<Frame> {
        source.extend_from_slice(black_box(&octets));
        let mut frame = lengths.decode(&mut source)?.context("the frame is cut")?;
        FrameCodec {}.decode(&mut frame)?.context("the frame is empty")
    };
    decode()?;
    Ok(Rival::operation("serde_amqp", decode))
}

fn encode_frame<'a>(name: &str) -> Result<Rival<'a>> {
    let make = frame(name)?;
    let (mut lengths, mut out) = (lengths(), BytesMut::with_capacity(1 << 12));
    let mut encode = move || -> Result<()> {
        let mut body = BytesMut::new();
        FrameCodec {}.encode(make(), &mut body)?;
        out.clear();
        Ok(lengths.encode(body.freeze(), &mut out)?)
    };
    encode()?;
    Ok(Rival::operation("serde_amqp", encode))
}

/// What makes the frame of that name from plain strings and octets.
fn frame(name: &str) -> Result<Box<dyn Fn() -> Frame>> {
    let mechanisms = |names: &'static [&'static str]| -> Box<dyn Fn() -> Frame> {
        Box::new(move || {
            let names: Vec<Symbol> = black_box(names).iter().map(|it| Symbol::from(*it)).collect();
            Frame::Mechanisms(SaslMechanisms { sasl_server_mechanisms: Array::from(names) })
        })
    };
    Ok(match name {
        "mechanisms 1" => mechanisms(&ONE),
        "mechanisms 8" => mechanisms(&EIGHT),
        "init plain" => Box::new(|| {
            Frame::Init(SaslInit {
                mechanism: Symbol::from(black_box("PLAIN")),
                initial_response: Some(Binary::from(black_box(&b"\0user\0password"[..]).to_vec())),
                hostname: Some(black_box("broker.example.org").to_owned()),
            })
        }),
        "challenge 200" => Box::new(|| {
            let challenge = Binary::from(black_box(&[0x5A; 200]).to_vec());
            Frame::Challenge(SaslChallenge { challenge })
        }),
        "outcome" => Box::new(|| {
            Frame::Outcome(SaslOutcome { code: black_box(SaslCode::Ok), additional_data: None })
        }),
        other => return Err(anyhow!("{other} is not compared")),
    })
}

/// A stream that gives one piece for each read, and swallows what is written.
#[derive(Debug)]
struct Canned<'a> {
    pieces: std::slice::Iter<'a, Vec<u8>>,
}

impl AsyncRead for Canned<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(piece) = self.pieces.next() {
            room.put_slice(piece);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Canned<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(black_box(octets).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What its connection does for SASL.
async fn negotiate<Io>(io: Io, profile: SaslProfile) -> Result<()>
where
    Io: AsyncRead + AsyncWrite + std::fmt::Debug + Unpin + 'static,
{
    let (reader, writer) = tokio::io::split(io);
    let framed_write = FramedWrite::new(writer, ProtocolHeaderCodec::new());
    let framed_read = FramedRead::new(reader, ProtocolHeaderCodec::new());
    let negotiated = Transport::negotiate_sasl_header(framed_write, framed_read).await;
    let mut transport = negotiated.map_err(|error| anyhow!("{error:?}"))?;
    let mut builder = Connection::builder().container_id("container").sasl_hostname(ADDRESS);
    let done = builder.negotiate_sasl(&mut transport, profile).await;
    done.map_err(|error| anyhow!("{error:?}"))
}

fn profile(mechanism: &str) -> SaslProfile {
    let (username, password) = ("user".to_owned(), "password".to_owned());
    match mechanism {
        "PLAIN" => SaslProfile::Plain { username, password },
        "ANONYMOUS" => SaslProfile::Anonymous,
        _ => SaslScramSha256::new(username, password).into(),
    }
}

pub(crate) fn login<'a>(mechanism: &str, said: &'a [Vec<u8>]) -> Result<Rival<'a>> {
    let (runtime, mechanism) = (loopback::runtime()?, mechanism.to_owned());
    // The library wants what lives for ever; a handful of octets for each row is let go.
    let said: &'static [Vec<u8>] = Box::leak(said.to_vec().into_boxed_slice());
    Ok(Rival::messages("fe2o3-amqp", 0, move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                negotiate(Canned { pieces: said.iter() }, profile(&mechanism)).await?;
            }
            Ok(())
        })
    }))
}

pub(crate) fn connect<'a>(at: &connect::Place<'_>) -> Result<Rival<'a>> {
    let (runtime, mechanism, address) = (loopback::runtime()?, at.mechanism.to_owned(), at.address);
    let configs = at.tls.map(xiom_benches::material::Material::configs).transpose()?;
    let connector = configs.map(|(client, _)| TlsConnector::from(Arc::clone(&client)));
    Ok(Rival::messages("fe2o3-amqp", 0, move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                let socket = TcpStream::connect(address).await?;
                socket.set_nodelay(true)?;
                match &connector {
                    None => negotiate(socket, profile(&mechanism)).await?,
                    Some(connector) => {
                        let stream = connector.connect(ADDRESS.try_into()?, socket).await?;
                        negotiate(stream, profile(&mechanism)).await?;
                    }
                }
            }
            Ok(())
        })
    }))
}

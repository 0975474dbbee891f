//! Sends a message over AMQP 1.0 and gets it back: TLS and SASL by Xiom, AMQP by fe2o3-amqp.
//!
//! ```sh
//! cargo run --example send_message -p xiom -- amqps://guest:guest@localhost:5671 /queue/hello ca.pem
//! ```
//!
//! The last argument is a file with the authorities to trust; without it, those of the system are.

use core::error::Error;
use std::env::args;
use std::process::ExitCode;

use fe2o3_amqp::{Connection, Receiver, Sender, Session};
use xiom::rustls::ClientEngine;
use xiom::sasl::PeerProof;
use xiom::{Client, Stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = args().skip(1);
    let (Some(url), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err("usage: send_message URL ADDRESS [CA.PEM]".into());
    };

    // Xiom connects, shakes hands and logs in ...
    let mut builder = Client::builder(&url)?;
    if let Some(file) = arguments.next() {
        builder = builder.only_roots(std::fs::read(file)?);
    }
    let client = builder.build()?;
    let stream = client.connect().await?;
    println!("connected to {}", client.address());
    describe(&stream);

    // ... and its stream is one like any other: fe2o3-amqp needs no TLS and no SASL of its own.
    let mut connection =
        Connection::builder().container_id("xiom").open_with_stream(stream).await?;
    let mut session = Session::begin(&mut connection).await?;
    let mut sender = Sender::attach(&mut session, "out", &address).await?;
    let mut receiver = Receiver::attach(&mut session, "back", &address).await?;

    let outcome = sender.send("hello from Xiom").await?;
    println!("sent a message to {address}: accepted: {}", outcome.is_accepted());
    let delivery = receiver.recv::<String>().await?;
    receiver.accept(&delivery).await?;
    println!("received it again: {:?}", delivery.body());
    connection.close().await?;
    Ok(())
}

/// Prints what is known about the channel, now that it is open.
fn describe(stream: &Stream) {
    let Some(layers) = stream.channel().layers() else { return };
    match layers.lower().engine().and_then(ClientEngine::facts) {
        Some(facts) => println!("  tls: {} with {}", facts.version, facts.suite),
        None => println!("  tls: none"),
    }
    if let Some(login) = layers.upper().established() {
        let proof = match login.peer() {
            PeerProof::Verified => "the server has proven that it knows the password, too",
            PeerProof::NotOffered => "the mechanism lets the server prove nothing",
        };
        println!("  sasl: logged in with {}; {proof}", login.mechanism());
        if let Some(binding) = login.bound() {
            println!("  sasl: bound to this tls channel by {binding:?}");
        }
    }
}

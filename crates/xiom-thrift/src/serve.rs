//! The loop of a server for one client: request, reply, until the client ends.

use thrift::protocol::{TBinaryInputProtocol, TBinaryOutputProtocol};
use thrift::server::TProcessor;
use thrift::transport::TIoChannel;
use xiom::core::Layer;

use crate::Channel;

/// Gives each request of one client to `processor`, which answers it, in the binary protocol, until the
/// client ends in order between two requests.
///
/// The `TServer` of the `thrift` crate accepts by itself and knows no login, so it cannot be used here. For
/// another protocol write the same few lines: split the channel, ask the half that reads by
/// [`Channel::is_at_end`] whether there is another request, and process it.
///
/// ```
/// use std::net::TcpListener;
/// use thrift::protocol::{TInputProtocol, TMessageIdentifier, TMessageType, TOutputProtocol, TType};
/// use thrift::server::TProcessor;
///
/// /// As a generated processor does, but for one method without arguments and result.
/// struct Ping;
///
/// impl TProcessor for Ping {
///     fn process(
///         &self,
///         input: &mut dyn TInputProtocol,
///         output: &mut dyn TOutputProtocol,
///     ) -> thrift::Result<()> {
///         let call = input.read_message_begin()?;
///         input.skip(TType::Struct)?;
///         let (name, number) = (call.name, call.sequence_number);
///         output.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Reply, number))?;
///         output.write_field_stop()?;
///         output.flush()
///     }
/// }
///
/// let users = xiom::UserTable::new().with("ann", "pencil")?;
/// let server = xiom::Server::builder(users).protocol(xiom::Protocol::Thrift).build()?;
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// # let port = listener.local_addr()?.port();
/// # let client = std::thread::spawn(move || -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
/// #     use std::io::{Read, Write};
/// #     let url = format!("thrift+sasl://ann:pencil@127.0.0.1:{port}");
/// #     let client = xiom::Client::builder(&url)?.only_mechanisms(["SCRAM-SHA-256"]).build()?;
/// #     let mut channel = xiom_thrift::connect(&client)?;
/// #     channel.write_all(b"\x80\x01\0\x01\0\0\0\x04ping\0\0\0\x01\0")?;
/// #     channel.flush()?;
/// #     let count = channel.read(&mut [0; 64])?;
/// #     channel.close()?;
/// #     Ok(count)
/// # });
/// std::thread::scope(|scope| {
///     // A server goes on accepting; one client is enough here.
///     let (socket, from) = listener.accept()?;
///     let server = &server;
///     scope.spawn(move || {
///         let served = xiom_thrift::accept(server, socket)
///             .map_err(thrift::Error::from)
///             .and_then(|channel| xiom_thrift::serve(channel, &Ping));
///         if let Err(error) = served {
///             eprintln!("{from}: {error:?}"); // Its `Display` leaves the message out.
///         }
///     });
///     std::io::Result::Ok(())
/// })?;
/// # assert_eq!(client.join().unwrap().map_err(|error| error.to_string())?, 17);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Returns the failure of the connection, a request that is cut off, or what the processor returns; the
/// client is gone then. Failures of a service that the client is told about are none of these.
pub fn serve<L: Layer, P: TProcessor + ?Sized>(
    channel: Channel<L>,
    processor: &P,
) -> thrift::Result<()> {
    let (mut read, write) = channel.split()?;
    let mut output = TBinaryOutputProtocol::new(write, true);
    //= SRS_THRIFT_SASL_02_005
    while !read.is_at_end()? {
        let mut input = TBinaryInputProtocol::new(&mut *read, true);
        processor.process(&mut input, &mut output)?;
    }
    // The client has ended, so there is nobody who could miss a goodbye.
    let _ = read.close();
    Ok(())
}

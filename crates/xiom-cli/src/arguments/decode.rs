//! The command line of `xiom decode`.

use std::path::PathBuf;

use clap::Args;

use super::Spoken;

/// `xiom decode`
#[derive(Args)]
pub(crate) struct Decode {
    /// The file that holds the octets; the standard input without this
    pub(crate) file: Option<PathBuf>,
    /// The octets are written as hexadecimal digits; white space between them does not matter
    #[arg(long)]
    pub(crate) hex: bool,
    /// What is spoken; without this the first octets tell
    #[arg(long, value_enum, value_name = "PROTOCOL")]
    pub(crate) protocol: Option<Spoken>,
    /// Print one JSON document to the standard output and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) const DECODE: &str = "\
Tell what captured octets say, with every secret left out.

Takes the octets of one direction of a connection, or of both one after the other, as they were on the wire below TLS, \
and prints a line for each: AMQP protocol headers, SASL frames and the frames after them, or messages of Thrift SASL and \
the frames after them. What is malformed is told with its offset and its error; what a mechanism or an application says \
is shown by its length alone, always.";

pub(crate) const DECODE_EXAMPLES: &str = "\
Examples:
  xiom decode capture.bin
  xiom decode --protocol thrift --json < capture.bin | jq .units
  echo '414d5150 03010000' | xiom decode --hex
  tshark -r trace.pcap -Y 'tcp.stream eq 0 && tcp.len > 0' -T fields -e tcp.payload | xiom decode --hex

Exit codes:
   0  everything is well formed
   1  something is malformed, or the end is missing
   2  the command line, or a file that it names, is wrong
  15  anything else";

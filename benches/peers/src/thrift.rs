//! Thrift SASL in Java and in Python, and the bare layer of MIT's GSS library; each in a process of its own.

use anyhow::Result;
use xiom_benches::contest::Rival;
use xiom_benches::rows::loopback;
use xiom_benches::rows::thrift::{Data, Place};
use xiom_benches::thrift::live;

use crate::or_absent;
use crate::outside::{self, Outside};

pub(crate) fn data<'a>(case: &Data<'a>) -> Vec<Rival<'a>> {
    let Data { mechanism, protection, message } = *case;
    let size = message.len().to_string();
    let fields = ["data", mechanism, protection, &size];
    let mut rivals = vec![outside::messages("Java", "java", message.len(), &fields)];
    match mechanism {
        "PLAIN" => rivals.push(or_absent("thrift_sasl", python(message))),
        "GSSAPI" => rivals.push(outside::messages("bare layer", "gss", message.len(), &fields)),
        _ => {}
    }
    rivals
}

/// The client alone is in Python; the server is Xiom's, and counts as well.
fn python(message: &[u8]) -> Result<Rival<'_>> {
    let mut client = Outside::start("python", &["data", &message.len().to_string()])?;
    Ok(loopback::rival("thrift_sasl", message.len(), move |count| {
        let (address, reader) = live::sink(live::octets(message, count))?;
        let spent = client.run(count, &address.port().to_string())?;
        loopback::joined(spent, reader)
    }))
}

pub(crate) fn connect<'a>(at: &Place<'_>) -> Vec<Rival<'a>> {
    let mut rivals = vec![outside::operations("Java", "java", &["connect", at.mechanism])];
    if at.mechanism == "PLAIN" {
        let port = at.address.port().to_string();
        rivals.push(outside::operations("thrift_sasl", "python", &["connect", &port]));
    }
    rivals
}

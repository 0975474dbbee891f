//! The calls of `TCLIService` that a statement takes, and the status in each answer.
//!
//! Field ids and numbers are those of Hive's `TCLIService.thrift`, which Spark and Impala keep.

use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TInputProtocol, TMessageIdentifier, TMessageType,
    TOutputProtocol, TType,
};
use thrift::transport::{ReadHalf, TIoChannel, WriteHalf};
use xiom::ClientLayers;
use xiom_thrift::Channel;

use crate::failure::Failure;
use crate::rows::{Row, rows};
use crate::value::Value;

/// A session on a server.
pub(crate) struct Session {
    service: Service,
    handle: Value,
}

impl Session {
    /// Opens a session for `user`; servers take the name of the login all the same.
    pub(crate) fn open(
        channel: Channel<ClientLayers>,
        user: Option<&str>,
    ) -> Result<Self, Failure> {
        let mut service = Service::new(channel)?;
        let mut fields = vec![(1, Value::I32(PROTOCOL_V6))];
        fields.extend(user.map(|user| (2, Value::text(user))));
        let answer = service.call("OpenSession", Value::Struct(fields.into_iter().collect()))?;
        let handle = answer.field(3).cloned().ok_or(Failure::Incomplete("OpenSession"))?;
        Ok(Self { service, handle })
    }

    /// Runs `statement`, waits for its end, and gives each batch of at most `batch` rows to `take`.
    pub(crate) fn execute(
        &mut self,
        statement: &str,
        batch: i64,
        mut take: impl FnMut(Vec<Row>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let request = Value::fields([(1, self.handle.clone()), (2, Value::text(statement))]);
        let answer = self.service.call("ExecuteStatement", request)?;
        let operation = answer.field(2).ok_or(Failure::Incomplete("ExecuteStatement"))?;
        if operation.field(3) == Some(&Value::Bool(true)) {
            self.fetch(operation, batch, &mut take)?;
        }
        let request = Value::fields([(1, operation.clone())]);
        self.service.call("CloseOperation", request).map(drop)
    }

    /// Fetches until there is nothing more; what a server says about that in advance is not reliable.
    fn fetch(
        &mut self,
        operation: &Value,
        batch: i64,
        take: &mut impl FnMut(Vec<Row>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            let next =
                [(1, operation.clone()), (2, Value::I32(FETCH_NEXT)), (3, Value::I64(batch))];
            let answer = self.service.call("FetchResults", Value::fields(next))?;
            let rows = answer.field(3).map(rows).unwrap_or_default();
            if !rows.is_empty() {
                take(rows)?;
            } else if status(&answer) != Some(STILL_EXECUTING) {
                return Ok(());
            }
        }
    }

    /// Closes the session, then the connection in order.
    pub(crate) fn close(mut self) -> Result<(), Failure> {
        self.service.call("CloseSession", Value::fields([(1, self.handle)]))?;
        let closed = self.service.channel.close().map_err(std::io::Error::from);
        closed.map_err(Failure::Io)
    }
}

/// A connection over which methods are called, one after the other.
struct Service {
    input: TBinaryInputProtocol<ReadHalf<Channel<ClientLayers>>>,
    output: TBinaryOutputProtocol<WriteHalf<Channel<ClientLayers>>>,
    channel: xiom::xio::Shared<ClientLayers>,
    number: i32,
}

impl Service {
    fn new(channel: Channel<ClientLayers>) -> Result<Self, Failure> {
        let shared = channel.shared().clone();
        let (read, write) = channel.split()?;
        let input = TBinaryInputProtocol::new(read, true);
        let output = TBinaryOutputProtocol::new(write, true);
        Ok(Self { input, output, channel: shared, number: 0 })
    }

    /// Calls `method`; its answer if the server says that all is well.
    fn call(&mut self, method: &'static str, request: Value) -> Result<Value, Failure> {
        self.number = self.number.wrapping_add(1);
        let call = TMessageIdentifier::new(method, TMessageType::Call, self.number);
        self.output.write_message_begin(&call)?;
        Value::fields([(1, request)]).write(&mut self.output)?;
        self.output.write_message_end()?;
        self.output.flush()?;

        let reply = self.input.read_message_begin()?;
        if reply.message_type == TMessageType::Exception {
            let input = &mut self.input;
            let error = thrift::Error::read_application_error_from_in_protocol(input)?;
            return Err(thrift::Error::Application(error).into());
        }
        let result = Value::read(&mut self.input, TType::Struct)?;
        self.input.read_message_end()?;
        let is_ours = (&*reply.name, reply.sequence_number) == (method, self.number);
        let answer = result.field(0).filter(|_| is_ours).ok_or(Failure::Incomplete(method))?;
        check(method, answer)?;
        Ok(answer.clone())
    }
}

/// Judges the status that is the first field of every answer.
fn check(method: &'static str, answer: &Value) -> Result<(), Failure> {
    match status(answer).ok_or(Failure::Incomplete(method))? {
        SUCCESS | SUCCESS_WITH_INFO | STILL_EXECUTING => Ok(()),
        code => {
            let shown = |id| answer.field(1)?.field(id).map(Value::show);
            let text = shown(5).unwrap_or_else(|| format!("failed with status {code}"));
            Err(Failure::Server { method, text, state: shown(3).unwrap_or_default() })
        }
    }
}

fn status(answer: &Value) -> Option<i64> {
    answer.field(1)?.field(1)?.number()
}

/// The first version whose results come column by column; every server since 2013 has it.
const PROTOCOL_V6: i32 = 5;
const FETCH_NEXT: i32 = 0;
const SUCCESS: i64 = 0;
const SUCCESS_WITH_INFO: i64 = 1;
const STILL_EXECUTING: i64 = 2;

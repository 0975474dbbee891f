//! A server of one session, with results made up from the statement.

use std::net::TcpListener;
use std::sync::Mutex;
use std::thread::{self, JoinHandle};

use thrift::protocol::{TInputProtocol, TMessageIdentifier, TMessageType, TOutputProtocol, TType};
use thrift::server::TProcessor;
use thrift::{ApplicationError, ApplicationErrorKind};
use xiom::rustls::ServerOptions;
use xiom::{Protocol, Server, ServerBuilder, TlsStyle, UserTable};

use crate::value::Value;

/// What the client called, in order.
pub(crate) type Calls = Vec<String>;

/// A server that knows `ann`; over TLS with a certificate and its key if there are some.
pub(crate) fn server(certificate: Option<(&str, &str)>) -> ServerBuilder {
    let users = UserTable::new().with("ann", "pencil").unwrap();
    let builder = Server::builder(users).protocol(Protocol::Thrift).allow_cleartext();
    match certificate {
        Some((chain, key)) => builder.tls(TlsStyle::Direct, ServerOptions::new(chain, key.into())),
        None => builder,
    }
}

/// Serves one client; the calls that it made.
pub(crate) fn serve(server: ServerBuilder) -> (u16, JoinHandle<Calls>) {
    let server = server.build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = thread::spawn(move || {
        let hive = Hive::default();
        // A client that is refused has called nothing.
        if let Ok(channel) = xiom_thrift::accept(&server, listener.accept().unwrap().0) {
            xiom_thrift::serve(channel, &hive).unwrap();
        }
        hive.state.into_inner().unwrap().calls
    });
    (port, thread)
}

/// The service.
#[derive(Default)]
struct Hive {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    calls: Calls,
    statement: String,
    /// Rows that were fetched.
    fetched: i64,
}

impl TProcessor for Hive {
    fn process(
        &self,
        input: &mut dyn TInputProtocol,
        output: &mut dyn TOutputProtocol,
    ) -> thrift::Result<()> {
        let call = input.read_message_begin()?;
        let arguments = Value::read(input, TType::Struct)?;
        input.read_message_end()?;
        let request = arguments.field(1).unwrap();
        let answer = self.state.lock().unwrap().answer(&call.name, request);
        let kind = if answer.is_some() { TMessageType::Reply } else { TMessageType::Exception };
        output.write_message_begin(&TMessageIdentifier::new(
            call.name,
            kind,
            call.sequence_number,
        ))?;
        match answer {
            Some(answer) => Value::fields([(0, answer)]).write(output)?,
            None => thrift::Error::write_application_error_to_out_protocol(
                &ApplicationError::new(ApplicationErrorKind::InternalError, "out of memory"),
                output,
            )?,
        }
        output.write_message_end()?;
        output.flush()
    }
}

impl State {
    fn answer(&mut self, method: &str, request: &Value) -> Option<Value> {
        self.calls.push(method.to_owned());
        Some(match method {
            "OpenSession" => {
                assert_eq!(request.field(1).unwrap().number(), Some(5), "columns, please");
                assert_eq!(request.field(2).unwrap().show(), "ann");
                Value::fields([(1, status(0)), (2, Value::I32(5)), (3, handle(b"session"))])
            }
            "ExecuteStatement" => {
                assert_eq!(request.field(1), Some(&handle(b"session")));
                (self.statement, self.fetched) = (request.field(2).unwrap().show(), 0);
                match &*self.statement {
                    "NONSENSE" => Value::fields([(1, error())]),
                    "CRASH" => return None,
                    statement => {
                        Value::fields([(1, status(1)), (2, operation(statement != "USE x"))])
                    }
                }
            }
            "FetchResults" => {
                assert_eq!(request.field(1), Some(&operation(true)));
                let most = request.field(3).unwrap().number().unwrap();
                self.fetch(most)
            }
            "CloseOperation" | "CloseSession" => Value::fields([(1, status(0))]),
            other => panic!("{other}"),
        })
    }

    fn fetch(&mut self, most: i64) -> Value {
        let total = match &*self.statement {
            "SELECT id FROM range(5000)" => 5000,
            "SLOW" if self.calls.iter().filter(|call| *call == "FetchResults").count() < 3 => {
                return Value::fields([(1, status(2))]);
            }
            _ => 1,
        };
        let from = self.fetched;
        self.fetched = total.min(from + most);
        if from == self.fetched {
            return Value::fields([(1, status(0)), (3, row_set(Vec::new()))]);
        }
        let ids = (from..self.fetched).map(Value::I64).collect();
        let set = match &*self.statement {
            "TYPES" => row_set(every_type()),
            "OLD" => old_row_set(),
            _ => row_set(vec![column(5, TType::I64, ids, 0)]),
        };
        Value::fields([(1, status(0)), (2, Value::Bool(false)), (3, set)])
    }
}

fn status(code: i32) -> Value {
    Value::fields([(1, Value::I32(code))])
}

fn error() -> Value {
    let text = Value::text("cannot parse NONSENSE");
    Value::fields([
        (1, Value::I32(3)),
        (3, Value::text("42000")),
        (4, Value::I32(40_000)),
        (5, text),
    ])
}

fn handle(name: &[u8]) -> Value {
    let secret = Value::Bytes(vec![0xff; 16]);
    let identifier = Value::fields([(1, Value::Bytes(name.to_vec())), (2, secret)]);
    Value::fields([(1, identifier)])
}

fn operation(has_result: bool) -> Value {
    let Value::Struct(mut fields) = handle(b"operation") else { panic!() };
    fields.extend([(2, Value::I32(0)), (3, Value::Bool(has_result))]);
    Value::Struct(fields)
}

fn row_set(columns: Vec<Value>) -> Value {
    let rows = Value::List(TType::Struct, Vec::new());
    Value::fields([(1, Value::I64(0)), (2, rows), (3, Value::List(TType::Struct, columns))])
}

/// A column whose values with a bit in `nulls` are NULL.
fn column(id: i16, kind: TType, values: Vec<Value>, nulls: u8) -> Value {
    let values = [(1, Value::List(kind, values)), (2, Value::Bytes(vec![nulls]))];
    Value::fields([(id, Value::fields(values))])
}

/// Two rows of each type; the second is NULL throughout.
fn every_type() -> Vec<Value> {
    let twice = |id, kind, value: Value| column(id, kind, vec![value.clone(), value], 0b10);
    vec![
        twice(1, TType::Bool, Value::Bool(true)),
        twice(2, TType::I08, Value::I8(-8)),
        twice(3, TType::I16, Value::I16(-16)),
        twice(4, TType::I32, Value::I32(-32)),
        twice(5, TType::I64, Value::I64(i64::MIN)),
        twice(6, TType::Double, Value::Double(0.5)),
        twice(7, TType::String, Value::text("Zürich")),
        twice(8, TType::String, Value::Bytes(b"\xffx".to_vec())),
    ]
}

/// A row as servers before version 6 of the protocol send it: 7, NULL.
fn old_row_set() -> Value {
    let seven = Value::fields([(5, Value::fields([(1, Value::I64(7))]))]);
    let null = Value::fields([(7, Value::Struct(alloc::collections::BTreeMap::new()))]);
    let row = Value::fields([(1, Value::List(TType::Struct, vec![seven, null]))]);
    Value::fields([(1, Value::I64(0)), (2, Value::List(TType::Struct, vec![row]))])
}

//! Stores that answer later, wrongly or not at all.

use alloc::sync::Arc;
use core::future::pending;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::net::{TcpListener, TcpStream};

use tokio::io::duplex;
use tokio::task::yield_now;
use xiom::core::{Blame, Cause, OutcomeCode, SaslFault, Stage};
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Identity, Principal};
use xiom::{Answer, Client, Found, Offers, Server, UserTable, Users, acts_as_itself};

use crate::users::{client, lax, password, visit};

type Outcome<T> = Result<T, OutcomeCode>;

/// Accepts the token "good" of ann, who acts as herself.
pub(crate) struct Tokens;

impl Users for Tokens {
    fn offers(&self) -> Offers {
        Offers { bearer: true, ..Offers::NONE }
    }

    fn look_up<'a>(&'a self, request: &'a LookupRequest) -> Answer<'a, Outcome<Found<'a>>> {
        Answer::later(async move {
            yield_now().await;
            let LookupRequest::Bearer { token } = request else { return Err(OutcomeCode::Sys) };
            let is_good = token.expose() == b"good";
            Ok(if is_good { Found::Subject("ann".into()) } else { Found::Unknown })
        })
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Outcome<bool>> {
        let is_subject = matches!(who.identity, Identity::Bearer(_));
        Answer::Now(Ok(is_subject && acts_as_itself(who)))
    }
}

/// What a slow store does with one of its two questions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mood {
    /// It answers after the others had their turn.
    Late,
    /// It never answers.
    Silent,
    /// It cannot answer.
    Down(OutcomeCode),
    /// It answers another question.
    Confused,
}

/// Knows ann; how many of its answers are under way can be seen.
struct Slow {
    table: UserTable,
    look_up: Mood,
    authorize: Mood,
    under_way: Arc<AtomicUsize>,
}

impl Slow {
    fn new(look_up: Mood, authorize: Mood) -> Self {
        let table = UserTable::new().with("ann", "pencil").unwrap();
        Self { table, look_up, authorize, under_way: Arc::default() }
    }

    fn answer<'a, T: Send + 'a>(
        &'a self,
        mood: Mood,
        right: Answer<'a, Outcome<T>>,
        wrong: T,
    ) -> Answer<'a, Outcome<T>> {
        let guard = Guard::new(&self.under_way);
        Answer::later(async move {
            let _guard = guard;
            yield_now().await;
            match mood {
                Mood::Late => right.wait().await,
                Mood::Silent => pending().await,
                Mood::Down(code) => Err(code),
                Mood::Confused => Ok(wrong),
            }
        })
    }
}

struct Guard(Arc<AtomicUsize>);

impl Guard {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Users for Slow {
    fn offers(&self) -> Offers {
        self.table.offers()
    }

    fn look_up<'a>(&'a self, request: &'a LookupRequest) -> Answer<'a, Outcome<Found<'a>>> {
        self.answer(self.look_up, self.table.look_up(request), Found::Subject("ann".into()))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Outcome<bool>> {
        self.answer(self.authorize, self.table.authorize(who), false)
    }
}

fn ann(mechanism: &str) -> Client {
    client(password("ann", "pencil"), &[mechanism]).build().unwrap()
}

#[tokio::test]
async fn answers_may_come_later() {
    let server = lax(Slow::new(Mood::Late, Mood::Late)).build().unwrap();
    for mechanism in ["SCRAM-SHA-256", "PLAIN"] {
        assert_eq!(visit(&server, &ann(mechanism)).await.acts_as(), Some("ann"));
    }
}

//= test SRS_SASL_MECHANISMS_01_142
#[tokio::test(start_paused = true)]
async fn the_deadline_goes_on_while_a_store_is_asked() {
    for moods in [(Mood::Silent, Mood::Late), (Mood::Late, Mood::Silent)] {
        let users = Slow::new(moods.0, moods.1);
        let under_way = Arc::clone(&users.under_way);
        let server = lax(users).deadline(Duration::from_secs(3)).build().unwrap();
        let start = tokio::time::Instant::now();
        let visit = visit(&server, &ann("SCRAM-SHA-256")).await;
        assert_eq!(visit.server_failure(), (Stage::SaslLookup, Cause::Deadline));
        assert_eq!(start.elapsed().as_secs(), 3);
        assert_eq!(visit.client_cause(), Cause::EndOfStream);
        assert_eq!(under_way.load(Ordering::SeqCst), 0, "the question is given up, too");
    }
}

#[tokio::test]
async fn dropping_the_accept_gives_up_the_question() {
    let users = Slow::new(Mood::Silent, Mood::Silent);
    let under_way = Arc::clone(&users.under_way);
    let server = lax(users).build().unwrap();
    let (near, far) = duplex(4096);
    let asked = async {
        while under_way.load(Ordering::SeqCst) == 0 {
            yield_now().await;
        }
    };
    let client = ann("SCRAM-SHA-256");
    let opening = client.connect_over(near);
    tokio::pin!(opening);
    tokio::select! {
        _ = &mut opening => panic!("nobody has answered"),
        _ = server.accept(far) => panic!("nobody has answered"),
        () = asked => {}
    }
    assert_eq!(under_way.load(Ordering::SeqCst), 0);
    let error = opening.await.map(drop).unwrap_err();
    assert_eq!(error.failure().unwrap().cause, Cause::EndOfStream);
}

//= test SRS_SASL_MECHANISMS_01_143
#[tokio::test]
async fn a_store_that_is_down_is_told_as_such() {
    for code in [OutcomeCode::SysTemp, OutcomeCode::SysPerm, OutcomeCode::Sys] {
        for moods in [(Mood::Down(code), Mood::Late), (Mood::Late, Mood::Down(code))] {
            let server = lax(Slow::new(moods.0, moods.1)).build().unwrap();
            for mechanism in ["SCRAM-SHA-256", "PLAIN"] {
                let visit = visit(&server, &ann(mechanism)).await;
                assert_eq!(visit.client_cause(), Cause::Sasl(SaslFault::Refused(code)));
                let unavailable = Cause::Sasl(SaslFault::Unavailable(code));
                assert_eq!(visit.server_failure(), (Stage::SaslLookup, unavailable));
                let error = visit.client.unwrap_err();
                assert_eq!(error.is_retryable(), code == OutcomeCode::SysTemp, "{code:?}");
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_144
#[tokio::test]
async fn an_answer_to_another_question_lets_nobody_in() {
    let server = lax(Slow::new(Mood::Confused, Mood::Late)).build().unwrap();
    for mechanism in ["SCRAM-SHA-256", "PLAIN"] {
        let visit = visit(&server, &ann(mechanism)).await;
        let wrong = Cause::Sasl(SaslFault::WrongAnswer);
        assert_eq!(visit.server_failure(), (Stage::SaslLookup, wrong));
        assert_eq!(wrong.blame(), Blame::Configuration);
        let refused = Cause::Sasl(SaslFault::Refused(OutcomeCode::Sys));
        assert_eq!(visit.client_cause(), refused);
    }
}

/// Accepts one client at a port of its own; what the client and the server say.
fn block(server: Server) -> (Result<(), xiom::Error>, Result<(), xiom::Error>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (socket, _): (TcpStream, _) = listener.accept().unwrap();
        server.accept_blocking(socket).map(drop)
    });
    let client = Client::new(&format!("amqp://ann:pencil@127.0.0.1:{port}")).unwrap();
    (client.connect_blocking().map(drop), thread.join().unwrap())
}

#[test]
fn without_a_runtime_a_thread_waits_for_the_answer() {
    /// Answers from another thread.
    struct Threaded(UserTable);

    impl Users for Threaded {
        fn offers(&self) -> Offers {
            self.0.offers()
        }

        fn look_up<'a>(&'a self, request: &'a LookupRequest) -> Answer<'a, Outcome<Found<'a>>> {
            let mut thread = None;
            let wake = core::future::poll_fn(move |context| {
                let waker = context.waker().clone();
                let thread = thread.get_or_insert_with(|| std::thread::spawn(move || waker.wake()));
                if thread.is_finished() {
                    return core::task::Poll::Ready(());
                }
                context.waker().wake_by_ref();
                core::task::Poll::Pending
            });
            Answer::later(async move {
                wake.await;
                self.0.look_up(request).wait().await
            })
        }

        fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Outcome<bool>> {
            self.0.authorize(who)
        }
    }

    let users = Threaded(UserTable::new().with("ann", "pencil").unwrap());
    let (client, server) = block(Server::builder(users).build().unwrap());
    client.unwrap();
    server.unwrap();
}

//= test SRS_SASL_MECHANISMS_01_142
#[test]
fn without_a_runtime_a_silent_store_meets_the_deadline() {
    let users = Silent(UserTable::new().with("ann", "pencil").unwrap());
    let server = Server::builder(users).deadline(Duration::from_secs(2)).build().unwrap();
    let (client, server) = block(server);
    let refused = Cause::Sasl(SaslFault::Refused(OutcomeCode::SysTemp));
    assert_eq!(client.unwrap_err().failure().unwrap().cause, refused);
    let unavailable = Cause::Sasl(SaslFault::Unavailable(OutcomeCode::SysTemp));
    assert_eq!(server.unwrap_err().failure().unwrap().cause, unavailable);
}

/// Never says what it finds.
struct Silent(UserTable);

impl Users for Silent {
    fn offers(&self) -> Offers {
        self.0.offers()
    }

    fn look_up<'a>(&'a self, _: &'a LookupRequest) -> Answer<'a, Outcome<Found<'a>>> {
        Answer::later(pending())
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Outcome<bool>> {
        self.0.authorize(who)
    }
}

//! What each answer of the application comes to, as scripts: the letters are those of [`super::answers`].

use xiom_amqp_codec::SaslCode;

use crate::world::Script;
use crate::world::words::outcome;

/// The peer is refused without a question.
pub(super) fn refused(said: &'static str, wrote: &[&[u8]]) -> Script {
    refused_after(said, "", wrote)
}

/// The peer is refused after these answers.
pub(super) fn refused_after(said: &'static str, answers: &str, wrote: &[&[u8]]) -> Script {
    Script { said, answers: answers.into(), wrote: wrote.concat(), opens: false, works: false }
}

/// A look-up that is not answered.
pub(super) fn no_answer(said: &'static str, wrote: &[&[u8]]) -> [Script; 2] {
    let sys = outcome(SaslCode::Sys, None);
    ["s", "w"].map(|answer| refused_after(said, answer, &[&wrote.concat(), &sys]))
}

/// After the answers `before`, whether the identity may come in; `ok` is the outcome if it may.
pub(super) fn permission(
    said: &'static str,
    before: &str,
    wrote: &[&[u8]],
    ok: &[u8],
) -> [Script; 6] {
    let (auth, sys) = (outcome(SaslCode::Auth, None), outcome(SaslCode::Sys, None));
    [("y", ok), ("k", ok), ("n", &auth), ("u", &auth), ("s", &sys), ("w", &sys)].map(
        |(answer, end)| {
            let script = refused_after(said, &[before, answer].concat(), &[&wrote.concat(), end]);
            Script { opens: end == ok, ..script }
        },
    )
}

/// Whether a password is right, which the application says or the keys show, and then the permission.
pub(super) fn password(said: &'static str, wrote: &[&[u8]], is_right: bool) -> Vec<Script> {
    let (ok, auth) = (outcome(SaslCode::Ok, None), outcome(SaslCode::Auth, None));
    let end = [&wrote.concat(), &auth[..]].concat();
    let mut scripts = no_answer(said, wrote).to_vec();
    scripts.push(refused_after(said, "n", &[&end]));
    // Nobody can tell an unknown user by the time that it takes.
    scripts.push(Script { works: true, ..refused_after(said, "u", &[&end]) });
    scripts.extend(permission(said, "y", wrote, &ok));
    if is_right {
        scripts.extend(permission(said, "k", wrote, &ok));
    } else {
        scripts.push(Script { works: true, ..refused_after(said, "k", &[&end]) });
    }
    scripts
}

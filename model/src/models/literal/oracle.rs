//! What is left open within one step, decided in every way.
//!
//! A document in direct style calls down and is called back in the midst of its steps. Whoever answers
//! such a call has a choice, and which question comes next depends on the answers before. So a step is run
//! once for each way to answer: the script of a run is its answers, and a step of a model is an event with
//! its script. Usual answers at the end of a script are left out.

/// Answers the questions of one run: first by a script, then in the usual way.
#[derive(Clone, Debug)]
pub struct Oracle<C> {
    script: Vec<C>,
    asked: Vec<Asked<C>>,
}

/// A question that was answered.
#[derive(Clone, Copy, Debug)]
struct Asked<C> {
    answer: C,
    is_usual: bool,
    /// The answer to be tried after this one.
    next: Option<C>,
}

impl<C: Copy + PartialEq> Oracle<C> {
    /// Answers by `script`, as far as it goes.
    #[must_use]
    pub const fn new(script: Vec<C>) -> Self {
        Self { script, asked: Vec::new() }
    }

    /// Decides between the `usual` answer and `others`. Where nothing is to be decided, nothing is asked.
    pub fn pick(&mut self, usual: C, others: &[C]) -> C {
        if others.is_empty() {
            return usual;
        }
        let wanted = self.script.get(self.asked.len());
        let place = wanted.and_then(|wanted| others.iter().position(|other| other == wanted));
        let (answer, next) = place.map_or((usual, others.first()), |place| {
            (others.get(place).copied().unwrap_or(usual), others.get(place + 1))
        });
        self.asked.push(Asked { answer, is_usual: place.is_none(), next: next.copied() });
        answer
    }

    /// The answers that were given, without the usual ones at the end.
    fn said(&self) -> Vec<C> {
        let count = self.asked.iter().rposition(|asked| !asked.is_usual).map_or(0, |last| last + 1);
        self.asked.iter().take(count).map(|asked| asked.answer).collect()
    }

    /// The script that comes next in the order of all scripts.
    fn successor(mut self) -> Option<Vec<C>> {
        while let Some(last) = self.asked.pop() {
            if let Some(next) = last.next {
                let before = self.asked.iter().map(|asked| asked.answer);
                return Some(before.chain([next]).collect());
            }
        }
        None
    }
}

/// Every script that `run` can have.
pub fn scripts<C: Copy + PartialEq>(mut run: impl FnMut(&mut Oracle<C>)) -> Vec<Vec<C>> {
    let (mut all, mut next) = (Vec::new(), Some(Vec::new()));
    while let Some(script) = next {
        let mut oracle = Oracle::new(script);
        run(&mut oracle);
        all.push(oracle.said());
        next = oracle.successor();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Oracle, scripts};

    #[test]
    fn a_question_that_depends_on_an_answer_is_asked_after_it() {
        let found = scripts(|oracle: &mut Oracle<char>| {
            if oracle.pick('a', &['b', 'c']) == 'b' {
                oracle.pick('d', &['e']);
            }
            oracle.pick('x', &[]);
        });
        assert_eq!(found, [vec![], vec!['b'], vec!['b', 'e'], vec!['c']]);
    }

    #[test]
    fn a_script_is_followed_and_then_the_usual_is_done() {
        let mut oracle = Oracle::new(vec!['b']);
        assert_eq!(oracle.pick('a', &['b']), 'b');
        assert_eq!(oracle.pick('c', &['d']), 'c');
    }
}

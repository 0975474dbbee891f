//! The values of counters: those that were counted, and the sums and differences made of them.

use std::collections::HashMap;

use super::mapping::{Counter, Record};
use super::profile::{Counters, Profile};

/// One profile, with the expressions that were evaluated so far.
#[derive(Debug)]
pub(super) struct Counts<'a> {
    pub(super) profile: Profile<'a>,
    /// By the number of the record and of the expression.
    known: HashMap<(usize, usize), i128>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(profile: Profile<'a>) -> Self {
        Self { profile, known: HashMap::new() }
    }

    /// The value of `counter` in the record with the number `index`.
    ///
    /// A function that the profile does not know, or knows as compiled from other code, was not executed.
    pub(super) fn of(&mut self, index: usize, record: &Record, counter: Counter) -> u64 {
        let Some(counters) = self.profile.counters(record.name, record.hash) else { return 0 };
        let value = match self.value(index, &counters, counter) {
            Ok(value) => value,
            Err(number) => self.expression(index, record, &counters, number),
        };
        // A difference is below zero only when the function did not end.
        u64::try_from(value.max(0)).unwrap_or(u64::MAX)
    }

    /// The value of a counter, or the number of the expression that is to be evaluated first.
    fn value(
        &self,
        index: usize,
        counters: &Counters<'_>,
        counter: Counter,
    ) -> Result<i128, usize> {
        match counter {
            Counter::Zero => Ok(0),
            Counter::Counted(number) => Ok(i128::from(counters.at(number).unwrap_or(0))),
            Counter::Expression(number) => self.known.get(&(index, number)).copied().ok_or(number),
        }
    }

    /// Evaluates an expression with all that it is made of; without recursion, for long functions make deep ones.
    fn expression(
        &mut self,
        index: usize,
        record: &Record,
        counters: &Counters<'_>,
        wanted: usize,
    ) -> i128 {
        let mut open = vec![wanted];
        while let Some(&number) = open.last() {
            let expression = record.expressions.get(number);
            // Expressions that are made of each other have no value.
            let value = match expression.filter(|_| open.len() <= record.expressions.len()) {
                None => 0,
                Some(expression) => {
                    let left = self.value(index, counters, expression.left);
                    let right = self.value(index, counters, expression.right);
                    match (left, right) {
                        (Ok(left), Ok(right)) if expression.subtract => left.saturating_sub(right),
                        (Ok(left), Ok(right)) => left.saturating_add(right),
                        (Err(first), _) | (_, Err(first)) => {
                            open.push(first);
                            continue;
                        }
                    }
                }
            };
            self.known.insert((index, number), value);
            open.pop();
        }
        self.known.get(&(index, wanted)).copied().unwrap_or(0)
    }
}

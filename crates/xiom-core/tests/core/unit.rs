//! Units of a peer's octets: gathered under every cut, judged early, wiped and not shown.

use proptest::prelude::*;
use xiom_core::{Extent, Unit};

/// A unit of one octet of length, and that many octets; 255 is refused, and a length comes in two steps
/// above 127: the second octet is added to the first.
fn length(octets: &[u8]) -> Result<Extent, &'static str> {
    match octets {
        [255, ..] => Err("refused"),
        [length @ 0..=127, ..] => Ok(Extent::Known(1 + usize::from(*length))),
        [] | [_] => Ok(Extent::AtLeast(1)),
        [first, second, ..] => Ok(Extent::Known(2 + usize::from(*first) + usize::from(*second))),
    }
}

/// All units of the `reads`, each of which is shown with what was left of the one before.
fn units(reads: &[&[u8]]) -> (Vec<Result<Vec<u8>, &'static str>>, Unit) {
    let (mut unit, mut units) = (Unit::default(), Vec::new());
    for read in reads {
        let mut rest = *read;
        loop {
            let judge = |got: Result<&[u8], _>| units.push(got.map(<[u8]>::to_vec));
            let Some(received) = unit.receive(rest, length, judge) else { break };
            assert!(received.data.is_empty() && received.gathered.is_none());
            rest = &rest[received.consumed..];
            if units.last().is_some_and(Result::is_err) {
                return (units, unit);
            }
        }
        assert!(rest.is_empty(), "octets of a unit are kept in it");
    }
    (units, unit)
}

//= test SRS_THRIFT_SASL_50_039, SRS_SASLCLIENTIO_50_012
#[test]
fn each_cut_in_two_gives_the_same_units() {
    let long = [&[200, 3][..], &[7; 203]].concat();
    let octets = [&b"\x02hi\0\x01!"[..], &long, b"\x02yo"].concat();
    let expected: Vec<Result<Vec<u8>, _>> = vec![
        Ok(b"\x02hi".to_vec()),
        Ok(vec![0]),
        Ok(b"\x01!".to_vec()),
        Ok(long),
        Ok(b"\x02yo".to_vec()),
    ];
    for at in 0..=octets.len() {
        let (found, unit) = units(&[&octets[..at], &octets[at..]]);
        assert_eq!(found, expected, "cut at {at}");
        assert!(unit.is_empty());
    }
    let singles: Vec<&[u8]> = octets.chunks(1).collect();
    assert_eq!(units(&singles).0, expected);
}

//= test SRS_SASLCLIENTIO_01_028
#[test]
fn nothing_is_not_taken() {
    let mut unit = Unit::default();
    assert_eq!(unit.receive(b"", length, |_| panic!("nothing is there")), None);
    assert!(unit.is_empty());
    let got = unit.receive(b"\x05a", length, |_| panic!("it is not whole")).unwrap();
    assert_eq!((got.consumed, unit.is_empty()), (2, false));
    assert_eq!(unit.receive(b"", length, |_| panic!("it is not whole")), None);
}

//= test SRS_THRIFT_SASL_50_027
/// At the octet that tells, however it comes, and with all that was taken up to it.
#[test]
fn what_is_wrong_is_told_as_soon_as_it_is_known() {
    for reads in [vec![&b"\xff"[..]], vec![b"\x01a", b"\xffmore"], vec![b"\x01a\xff", b"more"]] {
        let (found, _) = units(&reads);
        assert_eq!(found.last(), Some(&Err("refused")));
    }
}

/// Octets of the next unit are not taken with the present one.
#[test]
fn a_unit_ends_where_it_ends() {
    let mut unit = Unit::default();
    let got = unit.receive(b"\x01ab", length, |got| assert_eq!(got, Ok(&b"\x01a"[..]))).unwrap();
    assert_eq!(got.consumed, 2);
    assert_eq!(unit.receive(b"\x02", length, |_| panic!("part")).unwrap().consumed, 1);
    let got = unit.receive(b"hi\x01", length, |got| assert_eq!(got, Ok(&b"\x02hi"[..]))).unwrap();
    assert_eq!(got.consumed, 2);
}

//= test SRS_SASLCLIENTIO_50_030
#[test]
fn a_unit_shows_its_size_alone() {
    let mut unit = Unit::default();
    unit.receive(b"\x09pencil", length, |_| panic!("part"));
    assert_eq!(format!("{unit:?} {:?}", Extent::Known(3)), "[7 octets] Known(3)");
}

proptest! {
    //= test SRS_THRIFT_SASL_50_039
    #[test]
    fn cuts_do_not_matter(
        octets in prop::collection::vec(any::<u8>(), 0..600),
        sizes in prop::collection::vec(1_usize..50, 0..50),
    ) {
        let (mut reads, mut rest) = (Vec::new(), &octets[..]);
        for size in sizes {
            let (read, behind) = rest.split_at(size.min(rest.len()));
            reads.push(read);
            rest = behind;
        }
        reads.push(rest);
        let (whole, whole_rest) = units(&[&octets]);
        let (parts, parts_rest) = units(&reads);
        let is_refused = whole.last().is_some_and(Result::is_err);
        prop_assert_eq!(whole, parts);
        prop_assert!(is_refused || whole_rest == parts_rest);
    }
}

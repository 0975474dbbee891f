//! Laws of values, over every constructor in every legal encoding.

use core::hash::{BuildHasher, BuildHasherDefault};
use std::hash::DefaultHasher;

use proptest::prelude::*;
use proptest::sample::select;
use xiom_amqp_codec::{Array, DecodeError, Described, List, Map, Value};

/// Length or count in one octet, or in four when `wide`.
fn length(wide: bool, length: usize) -> Vec<u8> {
    let [.., a, b, c, d] = length.to_be_bytes();
    if wide { vec![a, b, c, d] } else { vec![d] }
}

/// The data of a compound with `count` values in `content`.
fn compound_data(wide: bool, count: usize, content: &[u8]) -> Vec<u8> {
    let count = length(wide, count);
    [length(wide, count.len() + content.len()), count, content.to_vec()].concat()
}

fn compound(narrow: u8, wide: bool, count: usize, content: &[u8]) -> Vec<u8> {
    let wide = wide || content.len() > 254 || count > 255;
    let code = if wide { narrow + 0x10 } else { narrow };
    [vec![code], compound_data(wide, count, content)].concat()
}

/// Format codes with octets that may follow them: every encoding whose width is fixed.
fn fixed() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let any_octets: [(u8, usize); 25] = [
        (0x40, 0),
        (0x41, 0),
        (0x42, 0),
        (0x43, 0),
        (0x44, 0),
        (0x45, 0),
        (0x50, 1),
        (0x51, 1),
        (0x52, 1),
        (0x53, 1),
        (0x54, 1),
        (0x55, 1),
        (0x60, 2),
        (0x61, 2),
        (0x70, 4),
        (0x71, 4),
        (0x72, 4),
        (0x74, 4),
        (0x80, 8),
        (0x81, 8),
        (0x82, 8),
        (0x83, 8),
        (0x84, 8),
        (0x94, 16),
        (0x98, 16),
    ];
    // Small numbers in wide encodings are what must become narrow.
    let octet = prop_oneof![Just(0_u8), Just(0xFF), any::<u8>()];
    prop_oneof![
        8 => (select(any_octets.to_vec()), prop::collection::vec(octet, 16), any::<bool>()).prop_map(
            |((code, width), octets, small)| {
                let mut octets = octets.into_iter().take(width).collect::<Vec<_>>();
                if let (true, [head @ .., _]) = (small, &mut octets[..]) {
                    head.fill(0);
                }
                (code, octets)
            }
        ),
        1 => any::<bool>().prop_map(|truth| (0x56, vec![u8::from(truth)])),
        1 => any::<char>().prop_map(|scalar| (0x73, u32::from(scalar).to_be_bytes().to_vec())),
    ]
}

/// Format codes with a length and octets that may follow them.
fn variable() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let content = prop_oneof![
        (Just(0xA0), prop::collection::vec(any::<u8>(), 0..300)),
        (Just(0xA1), ".{0,80}".prop_map(String::into_bytes)),
        (Just(0xA3), "[ -~]{0,80}".prop_map(String::into_bytes)),
    ];
    (content, any::<bool>()).prop_map(|((narrow, content), wide)| {
        let wide = wide || content.len() > 255;
        let code = if wide { narrow + 0x10 } else { narrow };
        (code, [length(wide, content.len()), content].concat())
    })
}

/// An array of elements of one `code`, which `descriptors` describe.
fn array(descriptors: &[u8], code: u8, data: &[Vec<u8>], wide: bool) -> Vec<u8> {
    let content = [descriptors, &[code], &data.concat()].concat();
    compound(0xE0, wide, data.len(), &content)
}

/// One value in any legal encoding.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let scalar =
        prop_oneof![fixed(), variable()].prop_map(|(code, data)| [vec![code], data].concat());
    scalar.prop_recursive(5, 48, 6, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..6);
        let pairs = prop::collection::vec((inner.clone(), inner.clone()), 0..4);
        let described = prop_oneof![2 => Just(vec![]), 1 => inner.clone().prop_map(|descriptor| [vec![0], descriptor].concat())];
        let element = prop_oneof![fixed(), variable()];
        prop_oneof![
            (items.clone(), any::<bool>())
                .prop_map(|(items, wide)| compound(0xC0, wide, items.len(), &items.concat())),
            (pairs, any::<bool>()).prop_map(|(pairs, wide)| {
                let content: Vec<u8> = pairs.iter().flat_map(|(key, value)| [&key[..], value].concat()).collect();
                compound(0xC1, wide, 2 * pairs.len(), &content)
            }),
            (inner.clone(), inner).prop_map(|(descriptor, value)| [vec![0], descriptor, value].concat()),
            (described.clone(), element, 0_usize..5, any::<bool>()).prop_map(
                |(descriptors, (code, data), count, wide)| array(&descriptors, code, &vec![data; count], wide)
            ),
            // Elements that are lists of their own lengths.
            (described, prop::collection::vec(items, 0..4), any::<bool>()).prop_map(|(descriptors, lists, wide)| {
                let data: Vec<Vec<u8>> =
                    lists.iter().map(|items| compound_data(true, items.len(), &items.concat())).collect();
                array(&descriptors, 0xD0, &data, wide)
            }),
        ]
    })
}

fn encoded(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    value.encode(&mut out);
    assert_eq!(out.len(), value.encoded_len(), "{value}");
    out
}

fn hash(value: &Value<'_>) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

fn same(built: &Value<'_>, view: &Value<'_>) {
    assert_eq!(built, view);
    assert_eq!(hash(built), hash(view));
    assert_eq!(encoded(built), encoded(view));
    assert_eq!(built.to_string(), view.to_string());
}

/// What is built from the parts of a view is the same value, at every level.
fn rebuild(view: &Value<'_>) {
    if let Value::List(list) = view {
        let items: Vec<_> = list.iter().collect();
        assert_eq!(items.len(), list.len());
        items.iter().for_each(rebuild);
        same(&Value::List(List::new(&items)), view);
    } else if let Value::Map(map) = view {
        let entries: Vec<_> = map.iter().collect();
        assert_eq!(entries.len(), map.len());
        for (key, value) in &entries {
            rebuild(key);
            rebuild(value);
        }
        same(&Value::Map(Map::new(&entries)), view);
    } else if let Value::Array(array) = view {
        let elements: Vec<_> = array.iter().collect();
        assert_eq!(elements.len(), array.len());
        elements.iter().for_each(rebuild);
        let built = Array::new(&elements);
        // An array of nothing has no element to tell its type.
        if let (Ok(built), false) = (built, elements.is_empty()) {
            same(&Value::Array(built), view);
        } else {
            assert!(elements.is_empty(), "elements of a decoded array are alike");
        }
    } else if let Value::Described(described) = view {
        let (descriptor, value) = (described.descriptor(), described.value());
        rebuild(&descriptor);
        rebuild(&value);
        same(&Value::Described(Described::new(&descriptor, &value)), view);
    }
}

proptest! {
    //= test SRS_AMQP_CODEC_01_033, SRS_AMQP_CODEC_01_034, SRS_AMQP_CODEC_01_036
    //= test SRS_AMQP_CODEC_01_037
    #[test]
    fn legal_octets_become_the_smallest_form_of_the_same_value(octets in value()) {
        let value = Value::decode(&octets).unwrap();
        let smallest = encoded(&value);
        prop_assert!(smallest.len() <= octets.len());
        let again = Value::decode(&smallest).unwrap();
        prop_assert_eq!(again, value);
        prop_assert_eq!(hash(&again), hash(&value));
        prop_assert_eq!(encoded(&again), smallest);
        rebuild(&value);
    }

    //= test SRS_AMQP_CODEC_01_003
    #[test]
    fn a_value_leaves_what_is_behind_it(octets in value(), tail in prop::collection::vec(any::<u8>(), 0..8)) {
        let input = [&octets[..], &tail].concat();
        let (rest, value) = Value::decode_prefix(&input).unwrap();
        prop_assert_eq!(rest, tail);
        prop_assert_eq!(Ok(value), Value::decode(&octets));
    }

    //= test SRS_AMQP_CODEC_01_002
    #[test]
    fn every_strict_prefix_is_an_error_and_never_incomplete(octets in value(), cut: prop::sample::Index) {
        let prefix = Value::decode(&octets[..cut.index(octets.len())]);
        prop_assert!(matches!(prefix, Err(error) if !matches!(error, DecodeError::Incomplete { .. })), "no value");
    }

    #[test]
    fn a_changed_octet_never_panics(octets in value(), at: prop::sample::Index, octet: u8) {
        let mut octets = octets;
        let at = at.index(octets.len());
        octets[at] = octet;
        if let Ok((_, value)) = Value::decode_prefix(&octets) {
            rebuild(&value);
        }
    }

    //= test SRS_AMQP_CODEC_01_012
    #[test]
    fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok((_, value)) = Value::decode_prefix(&octets) {
            rebuild(&value);
        }
    }
}

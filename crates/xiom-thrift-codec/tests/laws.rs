//! Laws: what is encoded is decoded, nothing panics, and a longer input never takes an answer back.

use proptest::prelude::*;
use xiom_thrift_codec::{
    DecodeError, Frame, FrameHeader, Header, MAX_LENGTH, MechanismName, Message, Status,
};

fn status() -> impl Strategy<Value = Status> {
    proptest::sample::select(Status::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    //= test SRS_THRIFT_SASL_01_001, SRS_THRIFT_SASL_01_003
    #[test]
    fn messages_come_back(
        status in status(),
        payload in prop::collection::vec(any::<u8>(), 0..300),
        behind in prop::collection::vec(any::<u8>(), 0..10),
    ) {
        let message = Message { status, payload: &payload };
        let octets = [&message.header().encode()[..], &payload, &behind].concat();
        prop_assert_eq!(Message::decode(&octets, MAX_LENGTH), Ok((&behind[..], message)));
        let size = u32::try_from(payload.len()).unwrap();
        prop_assert!(Message::decode(&octets, size).is_ok());
        if let Some(limit) = size.checked_sub(1) {
            let fault = DecodeError::TooLarge { size, limit };
            prop_assert_eq!(Message::decode(&octets, limit), Err(fault));
        }
    }

    #[test]
    fn headers_come_back(status in status(), length in 0..=MAX_LENGTH) {
        let header = Header { status, length };
        let octets = header.encode();
        prop_assert_eq!(Header::decode(&octets, u32::MAX), Ok((&b""[..], header)));
        let header = FrameHeader { length };
        let octets = header.encode();
        prop_assert_eq!(FrameHeader::decode(&octets, u32::MAX), Ok((&b""[..], header)));
    }

    //= test SRS_THRIFT_SASL_01_030
    #[test]
    fn frames_come_back(
        data in prop::collection::vec(any::<u8>(), 0..300),
        behind in prop::collection::vec(any::<u8>(), 0..10),
    ) {
        let length = u32::try_from(data.len()).unwrap();
        let octets = [&FrameHeader { length }.encode()[..], &data, &behind].concat();
        prop_assert_eq!(Frame::decode(&octets, MAX_LENGTH), Ok((&behind[..], Frame { data: &data })));
    }

    /// Whatever is decoded is encoded to the same octets; what is missing is never more than is missing.
    #[test]
    fn arbitrary_octets_are_decoded_or_refused(
        octets in prop::collection::vec(prop_oneof![0_u8..8, any::<u8>()], 0..40), limit in 0_u32..64,
    ) {
        match Message::decode(&octets, limit) {
            Ok((rest, message)) => {
                let again = [&message.header().encode()[..], message.payload, rest].concat();
                prop_assert_eq!(&again, &octets);
            }
            Err(DecodeError::Incomplete { needed }) => {
                prop_assert!(0 < needed);
                let longer = [&octets[..], &vec![0; needed - 1]].concat();
                let still = matches!(
                    Message::decode(&longer, limit),
                    Err(DecodeError::Incomplete { .. } | DecodeError::TooLarge { .. })
                );
                prop_assert!(still);
            }
            Err(fault) => {
                let longer = [&octets[..], b"\0\0\0\0\0"].concat();
                prop_assert_eq!(Message::decode(&longer, limit), Err(fault), "it stays refused");
            }
        }
        if let Ok((rest, frame)) = Frame::decode(&octets, limit) {
            prop_assert_eq!([frame.data, rest].concat(), &octets[4..]);
        }
        if let Ok(name) = MechanismName::new(&octets) {
            prop_assert_eq!(name.as_str().as_bytes(), &octets[..]);
        }
    }
}

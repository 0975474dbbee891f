//! What users can prove themselves with, which decides what a server offers.

use xiom_sasl::scram::Hash;

/// What users can prove themselves with; a mechanism without anybody to use it is not offered.
///
/// ```
/// use xiom::Offers;
/// use xiom::sasl::scram::Hash;
///
/// let offers = Offers { sha512: true, plain: true, ..Offers::NONE };
/// assert!(offers.has(Hash::Sha512) && !offers.has(Hash::Sha1));
/// assert_eq!(offers.password_hash(), Some(Hash::Sha512));
/// ```
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact with its own name")]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Offers {
    /// There are SCRAM keys for SHA-1.
    pub sha1: bool,
    /// There are SCRAM keys for SHA-256.
    pub sha256: bool,
    /// There are SCRAM keys for SHA-512.
    pub sha512: bool,
    /// Passwords can be judged, by keys of any hash or otherwise: PLAIN.
    pub plain: bool,
    /// Holders of certificates may come in: EXTERNAL.
    pub external: bool,
    /// Tokens can be judged: OAUTHBEARER, XOAUTH2.
    pub bearer: bool,
    /// Clients that are nobody in particular may come in: ANONYMOUS, and MSSBCBS where it is asked for.
    pub anonymous: bool,
    /// There are keys of DIGEST-MD5; the server must name its realm, and its policy allow what is broken.
    pub digest_md5: bool,
    /// Passwords themselves are there: CRAM-MD5, if the server's policy allows what is broken.
    pub cram_md5: bool,
}

impl Offers {
    /// Nothing.
    pub const NONE: Self = Self {
        sha1: false,
        sha256: false,
        sha512: false,
        plain: false,
        external: false,
        bearer: false,
        anonymous: false,
        digest_md5: false,
        cram_md5: false,
    };

    /// Whether there are SCRAM keys of this hash.
    #[must_use]
    pub const fn has(self, hash: Hash) -> bool {
        match hash {
            Hash::Sha1 => self.sha1,
            Hash::Sha256 => self.sha256,
            Hash::Sha512 => self.sha512,
            _ => false,
        }
    }

    /// The hash by which PLAIN is judged for most users: the first of SHA-256, SHA-512 and SHA-1.
    #[must_use]
    pub fn password_hash(self) -> Option<Hash> {
        PASSWORD_HASHES.into_iter().find(|hash| self.has(*hash))
    }
}

/// The order in which keys are taken to judge a password: what is asked of the server's time, not what is
/// stronger, for the password is there in clear.
pub(crate) const PASSWORD_HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha512, Hash::Sha1];

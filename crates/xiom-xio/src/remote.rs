//! Where to connect: addresses in the order in which they are tried, the two families alternating.

use core::net::SocketAddr;
use std::io;
use std::net::ToSocketAddrs;

/// The addresses of one peer.
///
/// The families alternate, beginning with that of the first address, so that one that does not work
/// delays the other by one address only (the order of RFC 8305 section 4).
///
/// ```
/// use xiom_xio::Remote;
///
/// let (a, b, c) = ("[::1]:1".parse()?, "[::2]:1".parse()?, "127.0.0.1:1".parse()?);
/// assert_eq!(Remote::from_iter([a, b, c]).addresses(), [a, c, b]);
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Remote(Vec<SocketAddr>);

impl Remote {
    /// Looks `host` up by the system's resolver; this blocks, and so it is no part of `dowork`.
    ///
    /// A literal IPv6 address may stand in brackets.
    ///
    /// # Errors
    ///
    /// Returns the resolver's error.
    pub fn resolve(host: &str, port: u16) -> io::Result<Self> {
        Ok((Self::host(host), port).to_socket_addrs()?.collect())
    }

    /// The host without the brackets that set an IPv6 address off from the port (RFC 3986 section 3.2.2).
    #[must_use]
    pub fn host(host: &str) -> &str {
        host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
    }

    /// The addresses, in the order in which they are tried.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.0
    }
}

impl From<SocketAddr> for Remote {
    fn from(address: SocketAddr) -> Self {
        Self(vec![address])
    }
}

impl FromIterator<SocketAddr> for Remote {
    fn from_iter<T: IntoIterator<Item = SocketAddr>>(addresses: T) -> Self {
        let mut unique = Vec::new();
        for address in addresses {
            if !unique.contains(&address) {
                unique.push(address);
            }
        }
        let is_v6 = unique.first().is_some_and(SocketAddr::is_ipv6);
        let (first, second): (Vec<_>, Vec<_>) =
            unique.into_iter().partition(|address| address.is_ipv6() == is_v6);
        let (mut first, mut second) = (first.into_iter(), second.into_iter());
        let mut addresses = Vec::with_capacity(first.len().saturating_add(second.len()));
        while first.len() != 0 || second.len() != 0 {
            addresses.extend(first.next());
            addresses.extend(second.next());
        }
        Self(addresses)
    }
}

// rhea_client.js: opens an AMQP connection with rhea, and says how it went.
//
//   usage: NODE_PATH=... node rhea_client.js URL [--mech MECHANISM] [--user U --password P]
//              [--ca FILE [--cert FILE --key FILE]] [--roundtrip ADDRESS] [--size OCTETS] [--timeout SECONDS]
//
// URL is amqp://HOST:PORT or amqps://HOST:PORT (direct TLS). rhea knows PLAIN, ANONYMOUS and EXTERNAL; NONE, like no
// --mech and no --user at all, means no SASL layer. With --roundtrip one message goes out to ADDRESS and must come
// back from it. Prints one JSON object: ok, mechanism (null until the server said OK), encrypted, error (null on
// success). Exit status 0 or 1.
'use strict';

const fs = require('node:fs');
const { parseArgs } = require('node:util');
const rhea = require('rhea');

const text = { type: 'string' };
const { values: options, positionals: [url] } = parseArgs({
    allowPositionals: true,
    options: {
        mech: text, user: text, password: text, ca: text, cert: text, key: text, roundtrip: text,
        size: { type: 'string', default: '64' },
        timeout: { type: 'string', default: '10' },
    },
});
const mech = options.mech ?? (options.user === undefined ? 'NONE' : 'PLAIN');
const body = 'x'.repeat(Number(options.size));
let mechanism = null;
let connection;

function finish(error) {
    const encrypted = Boolean(connection?.socket?.encrypted && connection.socket.getProtocol());
    console.log(JSON.stringify({ ok: !error, mechanism, encrypted, error: error ?? null }));
    process.exit(error ? 1 : 0);
}

function describe(error) {
    if (error?.errors) return error.errors.map(describe).join('; ');
    const condition = error?.condition ?? error?.code;
    const reason = String(error?.description ?? error?.message ?? error).trim();
    return condition ? `${condition}: ${reason}` : reason;
}

function mechanisms() {
    const known = rhea.sasl.client_mechanisms();
    if (mech === 'PLAIN') known.enable_plain(options.user ?? '', options.password ?? '');
    else if (mech === 'ANONYMOUS') known.enable_anonymous(options.user);
    else if (mech === 'EXTERNAL') known.enable_external();
    else if (mech === 'NONE') return undefined;
    else finish(`rhea has no ${mech}`);
    return known;
}

const read = name => name && fs.readFileSync(name);
const { protocol, hostname, port } = new URL(url);
connection = rhea.create_container().connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    transport: protocol === 'amqps:' ? 'tls' : 'tcp',
    ca: read(options.ca),
    cert: read(options.cert),
    key: read(options.key),
    sasl_mechanisms: mechanisms(),
    reconnect: false,
});

setTimeout(() => finish('timeout'), Number(options.timeout) * 1000);
connection.on('connection_open', () => {
    mechanism = connection.sasl_transport?.mechanism_name ?? null;
    if (options.roundtrip) {
        connection.open_receiver(options.roundtrip);
        connection.open_sender(options.roundtrip);
    } else {
        connection.close();
    }
});
connection.once('sendable', ({ sender }) => sender.send({ body }));
connection.on('message', ({ message }) => {
    if (message.body !== body) finish('another message came back');
    connection.close();
});
connection.on('rejected', () => finish('the message was rejected'));
connection.on('connection_close', () => finish());
for (const layer of ['connection', 'session', 'receiver', 'sender']) {
    connection.on(`${layer}_error`, context => finish(`${layer}: ${describe(context.error ?? context[layer].error)}`));
}
for (const event of ['protocol_error', 'error']) {
    connection.on(event, error => finish(`${event}: ${describe(error)}`));
}
connection.on('disconnected', ({ error }) => finish(error ? `disconnected: ${describe(error)}` : 'disconnected'));

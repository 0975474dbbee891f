// rhea_broker.js: a small queue broker on rhea, loopback only, for interoperability tests.
//
//   usage: NODE_PATH=... node rhea_broker.js --amqp PORT --amqps PORT --certs DIR [--require-sasl]
//
// Mechanisms: PLAIN (user/password) and ANONYMOUS; inside of TLS, for a client that shows a certificate of our CA,
// EXTERNAL as well. Without --require-sasl a bare AMQP header is accepted. Queues live in memory. Prints a line for
// each connection and each error.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const rhea = require('rhea');

const { values: options } = parseArgs({
    options: {
        amqp: { type: 'string' },
        amqps: { type: 'string' },
        certs: { type: 'string' },
        'require-sasl': { type: 'boolean', default: false },
    },
});

const container = rhea.create_container({
    require_sasl: options['require-sasl'],
    enable_sasl_external: true,
});
container.sasl_server_mechanisms.enable_plain((user, password) => user === 'user' && password === 'password');
container.sasl_server_mechanisms.enable_anonymous();

const queues = new Map();    // address -> messages that nobody took yet
const consumers = new Map(); // address -> sending links

function entry(map, address) {
    if (!map.has(address)) map.set(address, []);
    return map.get(address);
}

function pump(address) {
    const messages = entry(queues, address);
    for (const link of entry(consumers, address)) {
        while (link.sendable() && messages.length) link.send(messages.shift());
    }
}

function forget(gone) {
    for (const [address, links] of consumers) consumers.set(address, links.filter(link => !gone(link)));
}

// The answer to an attach repeats source and target: some clients detach from a link without them.
function mirror(link) {
    const { source, target } = link.remote.attach;
    if (source) link.set_source(source);
    if (target) link.set_target(target);
}

container.on('connection_open', ({ connection }) => {
    const sasl = connection.sasl_transport?.selected ?? connection.sasl_transport;
    const mechanism = sasl?.mechanism?.constructor.name ?? 'none';
    console.log(`open user=${sasl?.username} mech=${mechanism} encrypted=${Boolean(connection.socket.encrypted)}`);
});
container.on('sender_open', ({ sender }) => {
    mirror(sender);
    entry(consumers, sender.remote.attach.source.address).push(sender);
});
container.on('receiver_open', ({ receiver }) => mirror(receiver));
container.on('sendable', ({ sender }) => pump(sender.source.address));
container.on('message', ({ message, receiver }) => {
    entry(queues, receiver.target.address).push(message);
    pump(receiver.target.address);
});
container.on('sender_close', ({ sender }) => forget(link => link === sender));
container.on('connection_close', ({ connection }) => forget(link => link.connection === connection));
container.on('disconnected', ({ connection }) => forget(link => link.connection === connection));
for (const event of ['error', 'protocol_error', 'connection_error']) {
    container.on(event, context => console.log(`${event}: ${context.message ?? context.error ?? context}`));
}

const read = name => fs.readFileSync(path.join(options.certs, name));
container.listen({ host: '127.0.0.1', port: Number(options.amqp) });
container.listen({
    host: '127.0.0.1',
    port: Number(options.amqps),
    transport: 'tls',
    key: read('server.key'),
    cert: read('server.pem'),
    ca: read('ca.pem'),
    requestCert: true,
    rejectUnauthorized: false,
});
console.log('listening');

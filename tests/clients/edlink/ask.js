// What the tests have @edlink/typescript do: a list of calls as JSON in, what came of each as JSON out.
//
// The client knows one address only, https://ed.link. There are two ways to another server without touching it: a hook
// of the HTTP library that it shares with this script ("hook"), and HTTPS_PROXY in the environment ("proxy"), with which
// the library sends absolute-form targets to the server.
'use strict';

const axios = require('axios');
const { Edlink, TokenSetType } = require('@edlink/typescript');

const [, , , asked] = process.argv;
const { url, token, calls, way, person } = JSON.parse(asked);

let requests = [];
let warnings = [];
console.warn = (...words) => warnings.push(words.join(' '));

axios.interceptors.request.use((config) => {
    requests.push(config.url);
    if (way === 'hook') config.url = config.url.replace(/^https:\/\/ed\.link/, url);
    return config;
});

const { client_id, client_secret, code } = person ?? { client_id: 'rollbook', client_secret: 'not used' };
const edlink = new Edlink({ version: 2, client_id, client_secret });

// A person's code is good for tokens of theirs; an integration has its token.
async function tokens() {
    if (code) return edlink.auth.grant({ code, redirect_uri: 'https://app.example.org/back' });
    return { access_token: token, type: TokenSetType.Integration };
}

async function result(api, [resource, method, ...given]) {
    if (resource === 'Edlink') return Edlink[method](...given);
    const answer = api[resource][method](...given);
    if (typeof answer[Symbol.asyncIterator] !== 'function') return answer;
    const all = [];
    for await (const item of answer) all.push(item);
    return all;
}

async function outcome(api, call) {
    requests = [];
    warnings = [];
    const seen = await result(api, call).then(
        (data) => ({ data }),
        (error) => ({
            error: { status: error.status, code: error.code, message: error.message, errors: error.errors },
        }),
    );
    return { ...seen, requests, warnings };
}

async function main() {
    const api = edlink.use(await tokens());
    const outcomes = [];
    for (const call of calls) outcomes.push(await outcome(api, call));
    process.stdout.write(JSON.stringify(outcomes));
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});

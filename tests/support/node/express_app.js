// An application as this service stands beside: Express 5, express-session, connect-redis. It prints
// its port and serves until its stdin ends.
//
//   express_app.js REDIS_URL SECRET[,OLDER…]
//   POST /login    {id, username, role, tenantId, contactId, …}: logs in as that user, as JSON
//   POST /change   the same fields: changes the user of this session, with no new login
//   POST /logout
//   GET  /user     the session's user, or 401
'use strict';
const express = require('express');
const session = require('express-session');
const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');

async function main() {
  const [url, secrets] = process.argv.slice(2);
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  const app = express();
  app.use(express.json());
  app.use(session({
    store: new RedisStore({ client }),
    secret: secrets.split(','),
    resave: false,
    saveUninitialized: false,
    cookie: { sameSite: 'lax' },
  }));
  app.post('/login', (request, response, next) => {
    request.session.regenerate((fault) => {
      if (fault) return next(fault);
      request.session.user = request.body;
      request.session.save((unsaved) => (unsaved ? next(unsaved) : response.json(request.body)));
    });
  });
  app.post('/change', (request, response) => {
    Object.assign(request.session.user, request.body);
    response.json(request.session.user);
  });
  app.post('/logout', (request, response, next) => {
    request.session.destroy((fault) => (fault ? next(fault) : response.status(204).end()));
  });
  app.get('/user', (request, response) => {
    if (!request.session.user) return response.status(401).end();
    response.json(request.session.user);
  });
  const server = app.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
  process.stdin.on('end', () => process.exit(0)).resume();
}

main();

// The AT Protocol's network on loopback: `node serve.cjs MODULES FOLDER`, with a directory of accounts in memory.
// It prints the port of the server that keeps accounts and that of the AppView; the environment has their settings:
// APPVIEW_POSTGRES names an empty database, APPVIEW_REDIS a Redis, where there is one.
// Nothing listens but on 127.0.0.1.
const net = require('node:net')
const { createRequire } = require('node:module')
const path = require('node:path')

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...more) {
  return listen.call(this, { port: Number(port) || 0, host: '127.0.0.1' }, ...more.filter((each) => typeof each === 'function'))
}

const [modules, folder] = process.argv.slice(2)
const from = createRequire(path.join(modules, 'x.js'))
const { PlcServer, Database } = from('@did-plc/server')
const { TestBsky, mockNetworkUtilities } = from('@atproto/dev-env')
const { PDS, envToCfg, envToSecrets, readEnv } = from('@atproto/pds')

// What counts likes and shows threads: it follows the accounts' server, and knows only what it heard there.
async function appView(directory) {
  return TestBsky.create({
    plcUrl: directory,
    repoProvider: `ws://127.0.0.1:${process.env.PDS_PORT}`,
    dbPostgresUrl: process.env.APPVIEW_POSTGRES,
    dbPostgresSchema: 'appview',
    redisHost: process.env.APPVIEW_REDIS || undefined,
  })
}

async function main() {
  const directory = PlcServer.create({ db: Database.mock(), port: 0 })
  const known = await directory.start()
  process.env.PDS_DID_PLC_URL = `http://127.0.0.1:${known.address().port}`
  process.env.PDS_DATA_DIRECTORY = folder
  process.env.PDS_BLOBSTORE_DISK_LOCATION = path.join(folder, 'blobs')
  const view = await appView(process.env.PDS_DID_PLC_URL)
  process.env.PDS_BSKY_APP_VIEW_URL = `http://127.0.0.1:${view.port}`
  process.env.PDS_BSKY_APP_VIEW_DID = view.serverDid
  const environment = readEnv()
  const server = await PDS.create(envToCfg(environment), envToSecrets(environment))
  const started = await server.start()
  const port = started.address().port
  mockNetworkUtilities({ ctx: server.ctx, port, url: `http://127.0.0.1:${port}` }, view)
  await view.sub.restart() // it looked for the accounts' server before that was there, and would wait longer each time
  console.log(port, view.port)
}

main().catch((fault) => {
  console.error(fault)
  process.exit(1)
})

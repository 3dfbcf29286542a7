// A server of the AT Protocol on loopback, with a directory of accounts in memory: `node serve.cjs MODULES FOLDER`.
// It prints its port; the environment has its settings. Nothing listens but on 127.0.0.1.
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
const { PDS, envToCfg, envToSecrets, readEnv } = from('@atproto/pds')

async function main() {
  const directory = PlcServer.create({ db: Database.mock(), port: 0 })
  const known = await directory.start()
  process.env.PDS_DID_PLC_URL = `http://127.0.0.1:${known.address().port}`
  process.env.PDS_DATA_DIRECTORY = folder
  process.env.PDS_BLOBSTORE_DISK_LOCATION = path.join(folder, 'blobs')
  const environment = readEnv()
  const server = await PDS.create(envToCfg(environment), envToSecrets(environment))
  const started = await server.start()
  console.log(started.address().port)
}

main().catch((fault) => {
  console.error(fault)
  process.exit(1)
})

// Keeps what V8 has compiled of the CLI's own files, as NODE_COMPILE_CACHE does from Node.js 22 on; what runs is the same.
'use strict'

const { createHash } = require('node:crypto')
const fs = require('node:fs')
const Module = require('node:module')
const path = require('node:path')
const vm = require('node:vm')

const folder = process.env.COMPILED_CLI
const compiled = []
const compile = Module.prototype._compile

if (Module.enableCompileCache) Module.enableCompileCache(folder)
else {
  Module.prototype._compile = keep
  process.on('exit', write)
}

function keep(content, filename, ...more) {
  const kept = lookUp(content, filename)
  if (!kept) return compile.call(this, content, filename, ...more)
  const require = (name) => this.require(name)
  require.resolve = (name, options) => Module._resolveFilename(name, this, false, options)
  require.resolve.paths = (name) => Module._resolveLookupPaths(name, this)
  require.main = process.mainModule
  require.extensions = Module._extensions
  require.cache = Module._cache
  const its = [this.exports, require, this, filename, path.dirname(filename)]
  return Reflect.apply(kept.runInThisContext(), this.exports, its)
}

// Returns the script, or nothing for a file of the project's, or one that is no CommonJS.
function lookUp(content, filename) {
  if (!filename.includes('/node_modules/')) return undefined
  const file = path.join(folder, createHash('sha256').update(process.version).update(content).digest('hex'))
  const cachedData = fs.existsSync(file) ? fs.readFileSync(file) : undefined
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  try {
    const script = new vm.Script(Module.wrap(content), { filename, cachedData, importModuleDynamically })
    if (!cachedData || script.cachedDataRejected) compiled.push([file, script])
    return script
  } catch {
    return undefined
  }
}

function write() {
  for (const [file, script] of compiled) {
    const draft = `${file}.${process.pid}`
    fs.writeFileSync(draft, script.createCachedData())
    fs.renameSync(draft, file)
  }
}

"""Why an installation failed, in the words of npm, pnpm and yarn, and what would help."""

from __future__ import annotations

import pytest

from promote_tui.adapters.worktrees.install_output import reason_in, remedy_for, variables_in

NPM_404 = """\
npm error code E404
npm error 404 Not Found - GET https://registry.npmjs.org/@acme%2flib - Not found
npm error 404
npm error 404  '@acme/lib@1.0.0' is not in this registry.
npm error 404
npm error 404 Note that you can also install from a
npm error A complete log of this run can be found in: /root/.npm/_logs/1.log
"""
NPM_RESOLVE = """\
npm warn deprecated x@1: error prone
npm ERR! code ERESOLVE
npm ERR! ERESOLVE unable to resolve dependency tree
npm ERR!
npm ERR! While resolving: shop@1.0.0
npm ERR! Found: react@17.0.2
npm ERR! node_modules/react
npm ERR!   react@"17.0.2" from the root project
npm ERR!
npm ERR! Could not resolve dependency:
npm ERR! peer react@"^18.0.0" from react-dom@18.2.0
npm ERR! node_modules/react-dom
"""
NPM_ENGINE = """\
npm warn EBADENGINE Unsupported engine { package: 'other@1.0.0' }
npm error code EBADENGINE
npm error engine Unsupported engine
npm error engine Not compatible with your version of node/npm: oldnode@1.0.0
npm error notsup Not compatible with your version of node/npm: oldnode@1.0.0
npm error notsup Required: {"node":">=99"}
npm error notsup Actual:   {"node":"v20.20.2","npm":"11.19.1"}
"""
NPM_401 = """\
npm error code E401
npm error 401 Unauthorized - GET https://npm.acme.org/@acme%2flib - authentication token not provided
npm error A complete log of this run can be found in: /root/.npm/_logs/1.log
"""
NPM_SYNC = """\
npm error code EUSAGE
npm error
npm error `npm ci` can only install packages when package.json and package-lock.json are in sync.
npm error
npm error Missing: left-pad@1.3.0 from lock file
npm error
npm error Clean install a project
npm error
npm error Usage:
npm error npm ci
"""
PNPM_NONE = """\
 ERR_PNPM_NO_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is absent

Note that in CI environments this setting is true by default. If you still need to run install, use "pnpm install"
"""
PNPM_OLD = """\
 ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because it is not up to date

Note that in CI environments this setting is true by default.

  Failure reason:
  specifiers in the lockfile don't match specifiers in package.json:
* 1 dependencies were added: nope@1.0.0
"""
PNPM_404 = """\
 WARN  Issue while reading "/svc/.npmrc". Failed to replace env in config: ${NPM_TOKEN}
 ERR_PNPM_FETCH_404  GET https://registry.npmjs.org/@acme%2Flib: Not Found - 404

This error happened while installing a direct dependency of /svc

@acme/lib is not in the npm registry, or you have no permission to fetch it.
"""
PNPM_ENGINE = """\
 ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment (bad pnpm and/or Node.js version)

Your Node version is incompatible with "oldnode@1.0.0".

Expected version: >=99
Got: v20.20.2
"""
YARN_404 = """\
yarn install v1.22.22
warning package.json: No license field
[1/4] Resolving packages...
error Error: https://registry.yarnpkg.com/nope: Not found
    at params.callback [as _callback] (/usr/lib/yarn/lib/cli.js:66680:18)
info Visit https://yarnpkg.com/en/docs/cli/install for documentation about this command.
"""
BERRY = (
    "> YN0000: \u250c Resolution step\n"
    "> YN0035: \u2502 @acme/lib@npm:1.0.0: Package not found\n"
    "> YN0035: \u2502   Response Code: 404 (Not Found)\n"
    "> YN0000: \u2514 Completed\n"
    "> YN0000: \u00b7 Failed with errors in 0s 52ms\n"
).replace(">", "\u27a4")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (NPM_404, "E404 '@acme/lib@1.0.0' is not in this registry."),
        (
            NPM_RESOLVE,
            (
                "ERESOLVE While resolving: shop@1.0.0; Found: react@17.0.2; "
                'could not resolve peer react@"^18.0.0" from react-dom@18.2.0'
            ),
        ),
        (
            NPM_ENGINE,
            (
                "EBADENGINE Not compatible with your version of node/npm: oldnode@1.0.0; "
                'Required: {"node":">=99"}; Actual: {"node":"v20.20.2","npm":"11.19.1"}'
            ),
        ),
        (NPM_401, "E401 Unauthorized - GET https://npm.acme.org/@acme%2flib - authentication token not provided"),
        (
            NPM_SYNC,
            (
                "EUSAGE `npm ci` can only install packages when package.json and package-lock.json are in sync.; "
                "Missing: left-pad@1.3.0 from lock file"
            ),
        ),
        (
            "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error network no way to x\n",
            "ENOTFOUND no way to x",
        ),
        (
            PNPM_NONE,
            'ERR_PNPM_NO_LOCKFILE Cannot install with "frozen-lockfile" because pnpm-lock.yaml is absent',
        ),
        (
            PNPM_OLD,
            (
                'ERR_PNPM_OUTDATED_LOCKFILE Cannot install with "frozen-lockfile" because it is not up to date;'
                " * 1 dependencies were added: nope@1.0.0"
            ),
        ),
        (
            PNPM_404,
            (
                "ERR_PNPM_FETCH_404 GET https://registry.npmjs.org/@acme%2Flib: Not Found - 404; "
                "@acme/lib is not in the npm registry, or you have no permission to fetch it."
            ),
        ),
        (
            PNPM_ENGINE,
            (
                "ERR_PNPM_UNSUPPORTED_ENGINE Unsupported environment (bad pnpm and/or Node.js version); "
                'Your Node version is incompatible with "oldnode@1.0.0".; Expected version: >=99; Got: v20.20.2'
            ),
        ),
        (YARN_404, "https://registry.yarnpkg.com/nope: Not found"),
        ("error foo@1.0.0: The engine is wrong\nerror Found incompatible module.\n", "foo@1.0.0: The engine is wrong"),
        (BERRY, "YN0035 @acme/lib@npm:1.0.0: Package not found"),
        ("npm error code 2\nnpm error Lifecycle script `build` failed\n", ""),
        ("npm ERR! code ELIFECYCLE\nnpm ERR! errno 2\n", ""),
        ("src/a.ts(1,1): error TS2304: no name\nerror Command failed with exit code 2.\n", ""),
        ("", ""),
    ],
)
def test_the_line_that_names_the_package_is_the_reason(said: str, reason: str) -> None:
    assert reason_in(said) == reason


@pytest.mark.parametrize(
    ("reason", "read", "absent", "passed", "remedy"),
    [
        (
            "E401 Unauthorized",
            ["NPM_TOKEN"],
            ["NPM_TOKEN"],
            [],
            "name NPM_TOKEN in deploy.pass_env: .npmrc reads it, but the command does not get it",
        ),
        (
            "E401 Unauthorized",
            ["NPM_TOKEN"],
            ["NPM_TOKEN"],
            ["NPM_TOKEN"],
            "export NPM_TOKEN, which .npmrc reads and deploy.pass_env names",
        ),
        (
            "E401 Unauthorized",
            ["NPM_TOKEN"],
            [],
            ["NPM_TOKEN"],
            "give .npmrc a token that the registry accepts; it is read from NPM_TOKEN",
        ),
        (
            "E403 Forbidden",
            [],
            [],
            [],
            "give .npmrc a token that the registry accepts by a variable that deploy.pass_env names",
        ),
        (
            "ERR_PNPM_FETCH_404 GET x",
            ["A", "B"],
            ["B"],
            ["A"],
            "name B in deploy.pass_env: .npmrc reads it, but the command does not get it",
        ),
        ("E404 nope", [], [], [], ""),
        ("E404 nope", ["NPM_TOKEN"], [], ["NPM_TOKEN"], ""),
        (
            "Failed to replace env in config: ${NPM_TOKEN}",
            ["NPM_TOKEN"],
            ["NPM_TOKEN"],
            [],
            "name NPM_TOKEN in deploy.pass_env: .npmrc reads it, but the command does not get it",
        ),
        (
            "ERR_PNPM_OUTDATED_LOCKFILE x",
            [],
            [],
            [],
            "commit a lockfile that fits package.json, or set deploy.install to a command of your own",
        ),
        ("EBADENGINE x", [], [], [], "promote with the version of Node.js that it asks for"),
        (
            "ERESOLVE x",
            [],
            [],
            [],
            "resolve it in package.json, or set deploy.install, such as [npm, ci, --legacy-peer-deps]",
        ),
        ("a build failed", ["NPM_TOKEN"], ["NPM_TOKEN"], [], ""),
    ],
)
def test_what_helps_names_the_key(
    reason: str, read: list[str], absent: list[str], passed: list[str], remedy: str
) -> None:
    assert remedy_for(reason, read, absent, passed) == remedy


def test_variables_of_an_npmrc_are_those_without_a_value_to_fall_back_to() -> None:
    text = "//npm.acme.org/:_authToken=${NPM_TOKEN}\nregistry=${REG-https://x}\ncafile=${CA?}\na=${NPM_TOKEN}\n"
    assert variables_in(text) == ("NPM_TOKEN",)

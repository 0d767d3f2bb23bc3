// Unit and integration tests of every project in one run. The end-to-end suites have a configuration of their own.
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const projects = ['libs', 'apps', 'tools'].flatMap((folder) =>
  readdirSync(join(__dirname, folder))
    .map((name) => `<rootDir>/${folder}/${name}`)
    .filter((project) => existsSync(join(project.replace('<rootDir>', __dirname), 'jest.config.cjs'))),
);

module.exports = { projects };

module.exports = { displayName: 'setup', preset: '../../jest.preset.cjs', testMatch: ['<rootDir>/*.spec.mjs'] };

module.exports = { displayName: 'compose', preset: '../../jest.preset.cjs', testMatch: ['<rootDir>/*.spec.mjs'] };

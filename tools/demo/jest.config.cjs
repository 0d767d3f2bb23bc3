module.exports = { displayName: 'demo', preset: '../../jest.preset.cjs', testMatch: ['<rootDir>/**/*.spec.mjs'] };

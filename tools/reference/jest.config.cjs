module.exports = { displayName: 'reference', preset: '../../jest.preset.cjs', testMatch: ['<rootDir>/*.spec.mjs'] };

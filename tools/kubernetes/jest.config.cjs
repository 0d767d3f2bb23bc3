module.exports = { displayName: 'kubernetes', preset: '../../jest.preset.cjs', testMatch: ['<rootDir>/*.spec.mjs'] };

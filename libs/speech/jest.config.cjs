module.exports = { displayName: 'speech', preset: '../../jest.preset.cjs' };

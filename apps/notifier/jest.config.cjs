module.exports = { displayName: 'notifier', preset: '../../jest.preset.cjs' };

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rest of the large-batch regime: rate scaling, longer schedules, global clipping and gradient noise.
 *
 * <pre>{@code
 * BatchRegime regime = BatchRegime.of(4096).referenceBatch(128);
 * ... .updater(regime.apply(new Nesterovs(0.1, 0.9))) ...
 * net.setListeners(new GradientNormClipping());
 * net.fit(data, regime.epochs(200));
 * }</pre>
 *
 * <p>Instead of the higher rate, {@link io.github.dl4jdynamics.ghostbn.regime.GradientNoise}.
 */
package io.github.dl4jdynamics.ghostbn.regime;

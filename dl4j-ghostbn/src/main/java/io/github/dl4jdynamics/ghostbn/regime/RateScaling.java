/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

/**
 * How the learning rate follows the batch size.
 *
 * @since 0.1
 */
public enum RateScaling {
    /**
     * Times the square root of the ratio of the batch sizes: the covariance of a plain SGD step stays what it was. Hoffer,
     * Hubara, Soudry, NeurIPS 2017, arXiv 1705.08741.
     */
    SQUARE_ROOT {
        @Override
        double factor(double ratio) {
            return Math.sqrt(ratio);
        }
    },
    /**
     * Times the ratio of the batch sizes: the mean step per example stays what it was. Goyal et al., "Accurate, Large
     * Minibatch SGD: Training ImageNet in 1 Hour", 2017, arXiv 1706.02677.
     */
    LINEAR {
        @Override
        double factor(double ratio) {
            return ratio;
        }
    },
    /** The rate of the small batch. */
    NONE {
        @Override
        double factor(double ratio) {
            return 1;
        }
    };

    abstract double factor(double ratio);
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.KernelBackend;
import io.github.dl4jdynamics.spectral.nd4j.SymmetricEigen;
import org.nd4j.linalg.factory.Nd4j;

/** Functions of eigenvalues by the definition, of the symmetric part of a matrix. */
enum Spectra {
    NUCLEAR_NORM {
        @Override
        double of(double[] descending) {
            return Arrays.stream(descending).map(Math::abs).sum();
        }

        @Override
        EigenTermBuilder choose(EigenTermBuilder builder) {
            return builder.nuclearNorm();
        }
    },
    TOP_2 {
        @Override
        double of(double[] descending) {
            return descending[0] + descending[1];
        }

        @Override
        EigenTermBuilder choose(EigenTermBuilder builder) {
            return builder.topK(2);
        }
    },
    TOP_1 {
        @Override
        double of(double[] descending) {
            return descending[0];
        }

        @Override
        EigenTermBuilder choose(EigenTermBuilder builder) {
            return builder.topK(1);
        }
    },
    BROCKETT {
        @Override
        double of(double[] descending) {
            return -descending[0] - 0.4 * descending[1];
        }

        @Override
        EigenTermBuilder choose(EigenTermBuilder builder) {
            return builder.brockett(1, 0.4);
        }
    },
    POWER {
        @Override
        double of(double[] descending) {
            return -Arrays.stream(descending)
                    .map(x -> Math.pow(Math.max(x, 0), 1.5))
                    .sum();
        }

        @Override
        EigenTermBuilder choose(EigenTermBuilder builder) {
            return builder.convex(ConvexFunction.POWER, 4);
        }
    },
    EXPONENTIAL {
        @Override
        double of(double[] descending) {
            return -Math.exp(descending[0]) - Math.exp(descending[1]) - Math.exp(descending[2]);
        }

        @Override
        EigenTermBuilder choose(EigenTermBuilder builder) {
            return builder.convex(ConvexFunction.EXPONENTIAL, 3);
        }
    };

    abstract double of(double[] descending);

    abstract EigenTermBuilder choose(EigenTermBuilder builder);

    double of(double[][] a) {
        return of(descending(a));
    }

    static double[] descending(double[][] a) {
        double[] ascending = kernels().symmetricEigenvalues(Nd4j.createFromArray(symmetricPart(a)));
        double[] descending = new double[ascending.length];
        Arrays.setAll(descending, i -> ascending[ascending.length - 1 - i]);
        return descending;
    }

    /** {@code V diag(f(lambda)) V^T}. */
    static double[][] apply(DoubleUnaryOperator f, double[][] a) {
        SymmetricEigen eigen = kernels().symmetricEigen(Nd4j.createFromArray(symmetricPart(a)));
        double[][] v = eigen.vectors().toDoubleMatrix();
        double[] values = eigen.values();
        double[][] result = new double[a.length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                for (int k = 0; k < a.length; k++) {
                    result[i][j] += v[i][k] * f.applyAsDouble(values[k]) * v[j][k];
                }
            }
        }
        return result;
    }

    static double[][] symmetricPart(double[][] a) {
        double[][] s = new double[a.length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                s[i][j] = (a[i][j] + a[j][i]) / 2;
            }
        }
        return s;
    }

    private static DenseKernels kernels() {
        return DenseKernels.of(KernelBackend.JAVA);
    }
}

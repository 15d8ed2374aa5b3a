/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

/**
 * The ten classes of {@link ShapeImages}, each given by its signed distance function.
 *
 * <p>Coordinates (u, v) are the object's own: centre (0, 0), radius about 1. The distance is negative inside, zero on
 * the edge and positive outside; near the edge it is Euclidean or a close lower bound. Trigonometry comes from
 * {@link StrictMath}, so that every platform draws the same pixels.
 */
enum Motif {
    DISC {
        @Override
        double distance(double u, double v) {
            return length(u, v) - 0.9;
        }
    },
    RING {
        @Override
        double distance(double u, double v) {
            return Math.abs(length(u, v) - 0.75) - 0.2;
        }
    },
    SQUARE {
        @Override
        double distance(double u, double v) {
            return box(u, v, 0.8, 0.8);
        }
    },
    TRIANGLE {
        @Override
        double distance(double u, double v) {
            double slanted = Math.abs(u) * SIN_60 + v * 0.5;
            return Math.max(slanted, -v) - 0.55;
        }
    },
    CROSS {
        @Override
        double distance(double u, double v) {
            return Math.min(box(u, v, 1, 0.27), box(u, v, 0.27, 1));
        }
    },
    STAR {
        @Override
        double distance(double u, double v) {
            double fifth = 2 * StrictMath.PI / 5;
            double angle = StrictMath.atan2(v, u);
            double fromTip = Math.abs(angle - fifth * Math.rint(angle / fifth));
            double r = length(u, v);
            double x = r * StrictMath.cos(fromTip);
            double y = r * StrictMath.sin(fromTip);
            return (x - STAR_TIP) * STAR_EDGE_NORMAL_X + y * STAR_EDGE_NORMAL_Y;
        }
    },
    STRIPES {
        @Override
        double distance(double u, double v) {
            return Math.max(patch(u, v), band(u));
        }
    },
    CHECKERBOARD {
        @Override
        double distance(double u, double v) {
            double oneNotBoth = Math.max(Math.min(band(u), band(v)), -Math.max(band(u), band(v)));
            return Math.max(patch(u, v), oneNotBoth);
        }
    },
    DOTS {
        @Override
        double distance(double u, double v) {
            return Math.max(patch(u, v), length(fromLattice(u), fromLattice(v)) - 0.17);
        }
    },
    SPIRAL {
        @Override
        double distance(double u, double v) {
            double r = length(u, v);
            double turns = r / SPIRAL_PITCH - StrictMath.atan2(v, u) / (2 * StrictMath.PI);
            double fromArm = Math.abs(turns - Math.rint(turns)) * SPIRAL_PITCH;
            return Math.max(r - 1, fromArm - 0.13);
        }
    };

    /** No motif reaches farther from its centre. */
    static final double REACH = 1.2;

    private static final double SIN_60 = 0.8660254037844386;
    private static final double PERIOD = 0.56;
    private static final double SPIRAL_PITCH = 0.55;

    /** Outer radius of the star; the normal is that of the edge down to the inner radius 0.45. */
    private static final double STAR_TIP = 1.05;

    private static final double STAR_EDGE_NORMAL_X = 0.36;
    private static final double STAR_EDGE_NORMAL_Y = 0.933;

    /** Signed distance of (u, v) from the edge, in radii. */
    abstract double distance(double u, double v);

    private static double length(double u, double v) {
        return Math.sqrt(u * u + v * v);
    }

    private static double box(double u, double v, double halfWidth, double halfHeight) {
        return Math.max(Math.abs(u) - halfWidth, Math.abs(v) - halfHeight);
    }

    /** What the three textures fill: a square with cut corners. */
    private static double patch(double u, double v) {
        return Math.max(box(u, v, 0.95, 0.95), (Math.abs(u) + Math.abs(v)) * 0.7071 - 1);
    }

    /** Bands across u, as wide as the gaps between them. */
    private static double band(double u) {
        return Math.abs(fromLattice(u)) - PERIOD / 4;
    }

    private static double fromLattice(double u) {
        return u - PERIOD * Math.rint(u / PERIOD);
    }
}
